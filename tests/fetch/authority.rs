//! A certificate authority of a test's own, by openssl.

use std::process::Command;
use std::time::Duration;

use hookferry::time::UnixTime;

use crate::support::{Folder, now_s, output_of};

const CONFIG: &str = "
[req]
distinguished_name = name
x509_extensions = root
prompt = no
[name]
CN = An authority of a test
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[authority]
database = FOLDER/index.txt
new_certs_dir = FOLDER
rand_serial = yes
unique_subject = no
default_md = sha256
policy = policy
certificate = FOLDER/ca.pem
private_key = FOLDER/ca.key
[policy]
commonName = supplied
";

/// When a certificate counts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Valid {
    Now,
    Past,
    Future,
    /// So long from now on.
    For(Duration),
}

impl Valid {
    /// Its first and last moment.
    fn dates(self) -> [String; 2] {
        let [from, to] = match self {
            Self::Now => ["20250101000000", "20490101000000"],
            Self::Past => ["20250101000000", "20250102000000"],
            Self::Future => ["20481231000000", "20490101000000"],
            Self::For(length) => {
                let end = i64::try_from(now_s() + length.as_secs()).unwrap();
                let text = UnixTime::from_seconds(end).text();
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                return ["20250101000000Z".to_owned(), format!("{}Z", &digits[..14])];
            }
        };
        [from, to].map(|moment| format!("{moment}Z"))
    }
}

/// Its files go when it is dropped.
pub(crate) struct Authority {
    folder: Folder,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let folder = Folder::new();
        let path = folder.path().display().to_string();
        folder.write("config", CONFIG.replace("FOLDER", &path));
        folder.write("index.txt", "");
        let authority = Self { folder };
        authority.openssl(&[
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-config", "config",
            "-keyout", "ca.key", "-out", "ca.pem",
        ]);
        authority
    }

    /// Its own certificate, which `SSL_CERT_FILE` names.
    pub(crate) fn file(&self) -> String {
        self.path("ca.pem")
    }

    pub(crate) fn pem(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// A new RSA key (PKCS#8) in `NAME.key`, and its PEM.
    pub(crate) fn key(&self, name: &str) -> String {
        let file = format!("{name}.key");
        let bits = "rsa_keygen_bits:2048";
        self.openssl(&[
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            bits,
            "-out",
            &file,
        ]);
        std::fs::read_to_string(self.path(&file)).unwrap()
    }

    /// A certificate in `NAME.pem` for the key in `KEY.key`, and its PEM. `names` are as openssl
    /// takes them, as in `DNS:localhost`.
    pub(crate) fn issue(&self, name: &str, key: &str, names: &str, valid: Valid) -> String {
        let [key, request, pem] = [
            format!("{key}.key"),
            format!("{name}.csr"),
            format!("{name}.pem"),
        ];
        self.folder.write(
            "extensions",
            format!("basicConstraints = CA:FALSE\nsubjectAltName = {names}\n"),
        );
        let subject = format!("/CN={name}");
        self.openssl(&[
            "req", "-new", "-config", "config", "-key", &key, "-subj", &subject, "-out", &request,
        ]);
        let [from, to] = valid.dates();
        self.openssl(&[
            "ca",
            "-batch",
            "-notext",
            "-config",
            "config",
            "-name",
            "authority",
            "-startdate",
            &from,
            "-enddate",
            &to,
            "-extfile",
            "extensions",
            "-in",
            &request,
            "-out",
            &pem,
        ]);
        std::fs::read_to_string(self.path(&pem)).unwrap()
    }

    fn openssl(&self, arguments: &[&str]) {
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(self.folder.path());
        output_of(&mut command, vec![]);
    }
}

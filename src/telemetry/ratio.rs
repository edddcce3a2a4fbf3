//! Which ones of many: the same by everyone who is asked about the same trace.

/// What of the randomness of an id counts: its last seven bytes, as in W3C Trace Context level 2
/// (section 3.2.2.3.1) and OpenTelemetry's consistent sampling.
const BITS: u32 = 56;

/// A share of requests or traces, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    /// Ids with less randomness are not among them.
    threshold: u64,
}

impl Ratio {
    pub const ALL: Self = Self { threshold: 0 };
    pub const NONE: Self = Self {
        threshold: 1 << BITS,
    };

    /// `None` for what is no share.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of 2^56 is a number of 56 bits; what is lost of it is less than anyone notices"
    )]
    pub fn new(share: f64) -> Option<Self> {
        let all = (1_u64 << BITS) as f64;
        (0.0..=1.0).contains(&share).then_some(Self {
            threshold: ((1.0 - share) * all) as u64,
        })
    }

    /// Whether `id`, whose last bytes are random, is one of them.
    pub fn has(self, id: &[u8; 16]) -> bool {
        let [.., a, b, c, d, e, f, g] = *id;
        u64::from_be_bytes([0, a, b, c, d, e, f, g]) >= self.threshold
    }
}

#[cfg(test)]
mod tests {
    use super::Ratio;

    #[test]
    fn so_many_are_in_and_always_the_same() {
        let mut random = vec![0; 20_000 * 16];
        aws_lc_rs::rand::fill(&mut random).expect("the system has randomness");
        let ids = random.as_chunks::<16>().0;
        let of = |share: f64| {
            let ratio = Ratio::new(share);
            let has = |id: &&[u8; 16]| ratio.is_some_and(|ratio| ratio.has(id));
            ids.iter().filter(has).collect::<Vec<_>>()
        };
        assert_eq!((of(0.0).len(), of(1.0).len()), (0, ids.len()));
        let (tenth, fifth) = (of(0.1), of(0.2));
        assert!((1700..2300).contains(&tenth.len()), "{}", tenth.len());
        assert!((3500..4500).contains(&fifth.len()), "{}", fifth.len());
        // Who is in the tenth is in the fifth too.
        assert!(tenth.iter().all(|id| fifth.contains(id)));
        assert_eq!(Ratio::new(0.0), Some(Ratio::NONE));
        assert_eq!(Ratio::new(1.0), Some(Ratio::ALL));
        for wrong in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Ratio::new(wrong), None);
        }
    }
}

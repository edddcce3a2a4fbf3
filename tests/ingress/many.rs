//! Many at once: connections, requests in flight, streams, requests in a row.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_beyond_the_limit_wait_and_are_served_later() {
    let gate = Gate::limited(
        json!({ "connections_max": 4, "client_connections_max": 4, "header_read_ms": 20_000 }),
    )
    .await;
    let address = gate.daemon.ingress;
    let mut kept = Vec::new();
    for number in 0..4 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(&gate.push(&number.to_string()).whole(PATH, SECRET))
            .await
            .unwrap();
        assert_eq!(next_answer(&mut stream).await.status, 200);
        kept.push(stream);
    }
    assert_eq!(gate.daemon.metric("hookferry_connections").await, 4);
    let mut fifth = TcpStream::connect(address).await.unwrap();
    fifth
        .write_all(&gate.push("fifth").whole(PATH, SECRET))
        .await
        .unwrap();
    let mut byte = [0];
    let early = tokio::time::timeout(Duration::from_millis(500), fifth.read(&mut byte)).await;
    assert!(
        early.is_err(),
        "the fifth was not to be served yet: {early:?}"
    );
    // Those inside go on.
    kept[1]
        .write_all(&gate.push("again").whole(PATH, SECRET))
        .await
        .unwrap();
    assert_eq!(next_answer(&mut kept[1]).await.status, 200);
    drop(kept.remove(0));
    assert_eq!(next_answer(&mut fifth).await.status, 200);
    let expected = ["0", "1", "2", "3", "again", "fifth"].map(str::to_owned);
    assert_eq!(gate.stored(), BTreeSet::from(expected));
    drop((kept, fifth));
    until("all connections are counted out", BOUND, || async {
        gate.daemon.metric("hookferry_connections").await == 0
    })
    .await;
}

/// Something at a broker's address that takes connections and never says a word.
async fn silent_broker() -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let holding = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    (address, holding)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_beyond_those_in_flight_are_answered_503_soon() {
    let (broker, _holding) = silent_broker().await;
    let gate = Gate::at(
        &broker,
        json!({ "in_flight_max": 3, "reply_within_ms": 6000 }),
    );
    let mut waiting = JoinSet::new();
    for number in 0..3 {
        let (client, push) = (gate.client.clone(), gate.push(&number.to_string()));
        waiting.spawn(async move { push.send(&client, PATH, SECRET).await });
    }
    let in_flight = || async { gate.daemon.metric("hookferry_requests_in_flight").await };
    until("three are in flight", BOUND, || async {
        in_flight().await == 3
    })
    .await;
    for number in 3..13 {
        let reply = gate
            .push(&number.to_string())
            .send(&gate.client, PATH, SECRET)
            .await;
        assert_is_ours(&reply, 503, "overloaded");
        let retry: u32 = reply.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=10).contains(&retry), "{reply:?}");
        assert!(reply.took < Duration::from_millis(3000), "{reply:?}");
    }
    while let Some(reply) = waiting.join_next().await {
        let reply = reply.unwrap();
        // The silent broker did not even say which topics it has.
        assert_is_ours(&reply, 503, "unreachable");
        assert!(reply.header("retry-after").is_some());
        assert!(
            reply.took <= Duration::from_millis(6000) + MARGIN,
            "{reply:?}"
        );
    }
    until("none is in flight", BOUND, || async {
        in_flight().await == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_leave_in_the_middle_are_counted_out() {
    let (broker, _holding) = silent_broker().await;
    let gate = Gate::at(
        &broker,
        json!({ "in_flight_max": 4, "reply_within_ms": 10_000 }),
    );
    let mut streams = Vec::new();
    for number in 0..4 {
        let mut stream = TcpStream::connect(gate.daemon.ingress).await.unwrap();
        stream
            .write_all(&gate.push(&number.to_string()).whole(PATH, SECRET))
            .await
            .unwrap();
        streams.push(stream);
    }
    let in_flight = || async { gate.daemon.metric("hookferry_requests_in_flight").await };
    until("four are in flight", BOUND, || async {
        in_flight().await == 4
    })
    .await;
    drop(streams);
    until("their places are free again", BOUND, || async {
        in_flight().await == 0
    })
    .await;
    until("so are their connections", BOUND, || async {
        gate.daemon.metric("hookferry_connections").await == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_with_prior_knowledge_carries_many_streams_at_once() {
    let gate = Gate::start().await;
    let stream = TcpStream::connect(gate.daemon.ingress).await.unwrap();
    let handshake =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (sender, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    let mut streams = JoinSet::new();
    let mut expected = BTreeSet::new();
    for number in 0..64 {
        let name = number.to_string();
        // Every fourth is forged, every seventh has no source.
        let (forged, lost) = (number % 4 == 3, number % 7 == 6);
        let push = gate.push(&name);
        let path = if lost { "/nowhere" } else { PATH };
        let mut request = Request::post(format!("http://hooks.example.com{path}"));
        for (header, value) in push.headers(if forged {
            "another-secret-altogether"
        } else {
            SECRET
        }) {
            request = request.header(header, value);
        }
        let request = request.body(Full::new(Bytes::from(push.body))).unwrap();
        let status = match (lost, forged) {
            (true, _) => StatusCode::NOT_FOUND,
            (false, true) => StatusCode::UNAUTHORIZED,
            (false, false) => StatusCode::OK,
        };
        if status == StatusCode::OK {
            expected.insert(name);
        }
        let mut sender = sender.clone();
        streams.spawn(async move {
            let response = sender.send_request(request).await.unwrap();
            let (head, body) = response.into_parts();
            let body: Value =
                serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
            assert_eq!(head.status, status, "{body}");
            assert_eq!(
                head.headers["x-request-id"].to_str().ok(),
                body["request_id"].as_str()
            );
            assert_eq!(head.headers["x-content-type-options"], "nosniff");
        });
    }
    while let Some(done) = tokio::time::timeout(BOUND, streams.join_next())
        .await
        .unwrap()
    {
        done.unwrap();
    }
    assert_eq!(gate.stored(), expected);
    assert_eq!(
        gate.daemon.metric("hookferry_connections").await,
        1,
        "one connection carried all"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pipelined_requests_are_answered_in_order() {
    let gate = Gate::start().await;
    let mut requests = Vec::new();
    let mut expected = Vec::new();
    for number in 0..20 {
        requests.extend(gate.push(&number.to_string()).whole(PATH, SECRET));
        expected.push(200);
        if number % 3 == 0 {
            requests.extend(b"GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n");
            expected.push(404);
        }
    }
    let heard = exchange(gate.daemon.ingress, &requests, BOUND).await;
    let statuses: Vec<_> = heard.answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, expected);
    let ids: BTreeSet<_> = heard
        .answers
        .iter()
        .map(|answer| &answer.headers["x-request-id"])
        .collect();
    assert_eq!(ids.len(), expected.len());
    assert_eq!(
        gate.stored(),
        (0..20).map(|number| number.to_string()).collect()
    );
}

//! Everything goes through the proxy that is named, also what no common client sends.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use super::{command, served, told};

/// Requests through a proxy, by how they came.
#[derive(Default)]
struct Seen {
    tunnels: AtomicU64,
    others: AtomicU64,
}

/// A proxy that leads to `server`, whichever host is asked for, as long as the test lives.
fn proxy(server: String) -> (String, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Seen::default());
    let counted = Arc::clone(&seen);
    thread::spawn(move || {
        for client in listener.incoming() {
            let (server, seen) = (server.clone(), Arc::clone(&counted));
            thread::spawn(move || client.and_then(|client| pass(client, &server, &seen)));
        }
    });
    (url, seen)
}

fn pass(mut client: TcpStream, server: &str, seen: &Seen) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte)? == 1 {
        head.push(byte[0]);
    }
    let mut server = TcpStream::connect(server)?;
    if head.starts_with(b"CONNECT skyvern.invalid:80 ") {
        seen.tunnels.fetch_add(1, Ordering::Relaxed);
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    } else {
        seen.others.fetch_add(1, Ordering::Relaxed);
        server.write_all(&head)?;
    }
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    let there = thread::spawn(move || {
        io::copy(&mut from, &mut to)?;
        to.shutdown(Shutdown::Write)
    });
    io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)?;
    there.join().expect("no panic")
}

#[test]
fn a_server_behind_a_proxy_is_tested_as_any_other() {
    let directory = tempfile::tempdir().unwrap();
    let server = served(&[]);
    let (proxy, seen) = proxy(server.url().replacen("http://", "", 1));
    let run = ["run", "http://skyvern.invalid", "--proxy", &proxy];
    let some = [
        "--only",
        "robustness::*::create_credential",
        "--cases",
        "2",
        "--seed",
        "1",
    ];
    let foreign = ["--allow-writes", "--rate-limit", "none"];
    let output = command(directory.path(), &[&run[..], &some, &foreign].concat())
        .env("SKYVERN_API_KEY", server.key())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    for count in [&seen.tunnels, &seen.others] {
        assert!(count.load(Ordering::Relaxed) > 0, "{}", told(&output));
    }
}

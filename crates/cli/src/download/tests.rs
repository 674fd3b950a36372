//! The downloader against a server of this machine that breaks off, lies and refuses.

use super::*;
use flate2::{Compression, write::GzEncoder};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// How the server behaves.
#[derive(Clone, Copy)]
struct Manner {
    /// It knows ranges.
    ranges: bool,
    /// It breaks each of the first transfers off after so many bytes.
    breaks: usize,
    after: usize,
}

const POLITE: Manner = Manner { ranges: true, breaks: 0, after: 0 };

/// A server of one file at `/file` and `/file.gz`, and the ranges it was asked for.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<Option<usize>>>>,
}

impl Server {
    fn start(content: Vec<u8>, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &content, manner, &log);
            }
        });
        Server { address, asked }
    }

    fn source(&self, name: &str, content: &[u8]) -> Source {
        Source { url: format!("{}/{name}", self.address), sha256: hex(&Sha256::digest(content)) }
    }
}

fn answer(mut stream: TcpStream, content: &[u8], manner: Manner, log: &Mutex<Vec<Option<usize>>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
    let found = lines.next().unwrap().contains("/file");
    let mut start = None;
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some(range) = line.to_lowercase().strip_prefix("range: bytes=") {
            start = Some(range.trim_end_matches('-').parse::<usize>().unwrap());
        }
    }
    let transfer = {
        let mut log = log.lock().unwrap();
        log.push(start);
        log.len()
    };
    let from = start.filter(|_| manner.ranges).unwrap_or(0);
    let head = match () {
        () if !found => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        () if from > 0 && from >= content.len() => {
            "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
        }
        () => {
            let whole = content.len();
            let status = match from {
                0 => "200 OK".to_owned(),
                _ => format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{whole}", whole - 1),
            };
            format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", whole - from)
        }
    };
    let body = if found && from < content.len() { &content[from..] } else { &[] };
    let length = if transfer <= manner.breaks { manner.after.min(body.len()) } else { body.len() };
    // The other side may have gone away already; then there is nothing to answer.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body[..length]));
}

fn content() -> Vec<u8> {
    (0..300_000u32).map(|x| (x.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn quiet(_: u64, _: Option<u64>) {}

#[test]
fn a_file_is_fetched_once() {
    let house = tempfile::tempdir().unwrap();
    let target = house.path().join("set");
    let server = Server::start(content(), POLITE);
    let source = server.source("file", &content());
    let mut seen = Vec::new();
    let fetched = fetch(&source, &target, &mut |received, total| seen.push((received, total))).unwrap();
    assert_eq!(fetched, Fetched::Downloaded { resumed_at: 0 });
    assert_eq!(fs::read(&target).unwrap(), content());
    assert_eq!(seen.last(), Some(&(300_000, Some(300_000))));
    assert!(seen.is_sorted());
    assert_eq!(fetch(&source, &target, &mut quiet).unwrap(), Fetched::Already);
    assert_eq!(server.asked.lock().unwrap().len(), 1);
    assert_eq!(fs::read_dir(house.path()).unwrap().count(), 1, "nothing but the file is left");
}

#[test]
fn a_packed_file_is_unpacked() {
    let house = tempfile::tempdir().unwrap();
    let target = house.path().join("set");
    let server = Server::start(gzip(&content()), POLITE);
    fetch(&server.source("file.gz", &content()), &target, &mut quiet).unwrap();
    assert_eq!(fs::read(&target).unwrap(), content());
}

#[test]
fn a_broken_transfer_is_taken_up_where_it_stood() {
    let house = tempfile::tempdir().unwrap();
    let target = house.path().join("set");
    let server = Server::start(content(), Manner { ranges: true, breaks: 2, after: 100_000 });
    fetch(&server.source("file", &content()), &target, &mut quiet).unwrap();
    assert_eq!(fs::read(&target).unwrap(), content());
    assert_eq!(*server.asked.lock().unwrap(), [None, Some(100_000), Some(200_000)]);
}

#[test]
fn a_later_run_goes_on_from_the_part_that_is_left() {
    let house = tempfile::tempdir().unwrap();
    let target = house.path().join("set");
    // The server gives 1000 bytes and then nothing: the run gives up.
    let server = Server::start(content(), Manner { ranges: true, breaks: 1, after: 1000 });
    let source = server.source("file", &content());
    fs::write(beside(&target, ".part"), &content()[..250_000]).unwrap();
    let fetched = fetch(&source, &target, &mut quiet).unwrap();
    assert_eq!(fetched, Fetched::Downloaded { resumed_at: 250_000 });
    assert_eq!(*server.asked.lock().unwrap(), [Some(250_000), Some(251_000)]);
    assert_eq!(fs::read(&target).unwrap(), content());
}

#[test]
fn a_server_without_ranges_sends_the_whole_file_again() {
    let house = tempfile::tempdir().unwrap();
    let target = house.path().join("set");
    let server = Server::start(content(), Manner { ranges: false, breaks: 1, after: 100_000 });
    fetch(&server.source("file", &content()), &target, &mut quiet).unwrap();
    assert_eq!(fs::read(&target).unwrap(), content());
    assert_eq!(*server.asked.lock().unwrap(), [None, Some(100_000)]);
}

#[test]
fn a_connection_that_gives_nothing_is_given_up_and_says_how_to_go_on() {
    let house = tempfile::tempdir().unwrap();
    let target = house.path().join("set");
    let server = Server::start(content(), Manner { ranges: true, breaks: 99, after: 0 });
    let problem = fetch(&server.source("file", &content()), &target, &mut quiet).unwrap_err().to_string();
    assert!(problem.contains("failed after 0 bytes") && problem.contains("run the command again"), "{problem}");
    assert!(!target.exists());
}

#[test]
fn a_whole_part_needs_no_byte_more() {
    let house = tempfile::tempdir().unwrap();
    let target = house.path().join("set");
    let server = Server::start(content(), POLITE);
    fs::write(beside(&target, ".part"), content()).unwrap();
    fetch(&server.source("file", &content()), &target, &mut quiet).unwrap();
    assert_eq!(fs::read(&target).unwrap(), content());
}

#[test]
fn a_wrong_checksum_throws_the_file_away() {
    let house = tempfile::tempdir().unwrap();
    let target = house.path().join("set");
    fs::write(&target, "an older one").unwrap();
    let server = Server::start(content(), POLITE);
    let problem = fetch(&server.source("file", b"another"), &target, &mut quiet).unwrap_err();
    assert!(matches!(problem, DownloadError::Checksum { .. }), "{problem}");
    assert_eq!(fs::read(&target).unwrap(), b"an older one");
    assert_eq!(fs::read_dir(house.path()).unwrap().count(), 1);
}

#[test]
fn damaged_gzip_is_thrown_away() {
    let house = tempfile::tempdir().unwrap();
    let target = house.path().join("set");
    let server = Server::start(gzip(&content())[..1000].to_vec(), POLITE);
    let problem = fetch(&server.source("file.gz", &content()), &target, &mut quiet).unwrap_err();
    assert!(matches!(problem, DownloadError::Damaged { .. }), "{problem}");
    assert_eq!(fs::read_dir(house.path()).unwrap().count(), 0);
}

#[test]
fn a_refusal_names_the_address() {
    let house = tempfile::tempdir().unwrap();
    let server = Server::start(content(), POLITE);
    let problem = fetch(&server.source("gone", b""), &house.path().join("set"), &mut quiet).unwrap_err().to_string();
    assert!(problem.contains("/gone: the server answers 404"), "{problem}");
    let nobody = Source { url: "http://127.0.0.1:1/file".into(), sha256: String::new() };
    let problem = fetch(&nobody, &house.path().join("set"), &mut quiet).unwrap_err().to_string();
    assert!(problem.contains("the connection failed after 0 bytes"), "{problem}");
}

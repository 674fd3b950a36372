//! Fetches a file over HTTP: goes on where an earlier try stopped, unpacks gzip, checks the SHA-256, and puts the file in
//! place only when it is whole.

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a broken connection is taken up again without a single new byte.
const TRIES: usize = 3;
const WAIT_FOR_ANSWER: Duration = Duration::from_secs(30);
/// A transfer that takes longer is broken off and taken up again where it stood.
const WAIT_FOR_BODY: Duration = Duration::from_secs(600);

/// A file to fetch.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is. A name that ends in `.gz` is unpacked.
    pub url: String,
    /// The SHA-256 of what is put in place, in hexadecimal.
    pub sha256: String,
}

/// What had to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The file was there already, with the right checksum.
    Already,
    /// It was downloaded; so many bytes of it were there from an earlier try.
    Downloaded { resumed_at: u64 },
}

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The server answered, but not with the file.
    #[error("{url}: the server answers {status}; look whether the address is still right")]
    Status { url: String, status: u16 },
    /// The connection could not be made, or broke.
    #[error(
        "{url}: the connection failed after {received} bytes ({problem}); run the command again to go on from there"
    )]
    Network { url: String, received: u64, problem: String },
    /// What came is not what was meant.
    #[error("{url}: the file has SHA-256 {found}, expected {expected}; it was thrown away, run the command again")]
    Checksum { url: String, found: String, expected: String },
    /// What came cannot be unpacked.
    #[error("{url}: the file is damaged ({problem}); it was thrown away, run the command again")]
    Damaged { url: String, problem: String },
    /// The disk refused.
    #[error("{}: cannot {action}: {source}", path.display())]
    Disk { path: PathBuf, action: &'static str, source: io::Error },
}

/// Fetches `source` to `target`. `progress` is told the bytes received and, where the server says it, the bytes in all.
///
/// What came of an unfinished transfer stays beside the target as `NAME.part`.
pub fn fetch(
    source: &Source,
    target: &Path,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Fetched, DownloadError> {
    if target.exists() && digest_of(target)? == source.sha256 {
        return Ok(Fetched::Already);
    }
    let part = beside(target, ".part");
    let resumed_at = receive_all(&source.url, &part, progress)?;
    let fresh = beside(target, ".tmp");
    let found = unpack(source, &part, &fresh)?;
    if found != source.sha256 {
        remove(&part)?;
        remove(&fresh)?;
        return Err(DownloadError::Checksum { url: source.url.clone(), found, expected: source.sha256.clone() });
    }
    fs::rename(&fresh, target).map_err(disk(target, "put in place"))?;
    remove(&part)?;
    Ok(Fetched::Downloaded { resumed_at })
}

/// Receives until the file is whole, taking a broken connection up again as long as new bytes come.
fn receive_all(url: &str, part: &Path, progress: &mut dyn FnMut(u64, Option<u64>)) -> Result<u64, DownloadError> {
    let resumed_at = length_of(part);
    let mut failures = 0;
    loop {
        let before = length_of(part);
        match receive(url, part, progress) {
            Ok(()) => return Ok(resumed_at),
            Err(DownloadError::Network { .. }) if length_of(part) > before => failures = 0,
            Err(error @ DownloadError::Network { .. }) => {
                failures += 1;
                if failures == TRIES {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// One transfer, from the end of what is there.
fn receive(url: &str, part: &Path, progress: &mut dyn FnMut(u64, Option<u64>)) -> Result<(), DownloadError> {
    let mut received = length_of(part);
    let network = |received, problem: String| DownloadError::Network { url: url.to_owned(), received, problem };
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(WAIT_FOR_ANSWER))
        .timeout_recv_response(Some(WAIT_FOR_ANSWER))
        .timeout_recv_body(Some(WAIT_FOR_BODY))
        .http_status_as_error(false)
        .build()
        .into();
    let mut request = agent.get(url);
    if received > 0 {
        request = request.header("Range", format!("bytes={received}-"));
    }
    let response = request.call().map_err(|error| network(received, error.to_string()))?;
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match response.status().as_u16() {
        // The server goes on exactly where the part ends, or else it is not believed.
        206 if header("content-range").is_some_and(|range| range.starts_with(&format!("bytes {received}-"))) => {}
        // It sends the whole file.
        200 => received = 0,
        // There is nothing behind what is there: the part is whole, or it is no part of this file. The checksum tells.
        416 if received > 0 => return Ok(()),
        status => return Err(DownloadError::Status { url: url.to_owned(), status }),
    }
    let total = header("content-length").and_then(|length| length.parse::<u64>().ok()).map(|length| received + length);

    let mut options = OpenOptions::new();
    let mut file = if received == 0 { options.write(true).truncate(true) } else { options.append(true) }
        .create(true)
        .open(part)
        .map_err(disk(part, "open"))?;
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    loop {
        progress(received, total);
        let count = body.read(&mut buffer).map_err(|error| network(received, error.to_string()))?;
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count]).map_err(disk(part, "write"))?;
        received += count as u64;
    }
    match total {
        Some(total) if received < total => Err(network(received, format!("the file has {total}"))),
        _ => Ok(()),
    }
}

/// Writes what came to `fresh`, unpacked, and gives its SHA-256.
fn unpack(source: &Source, part: &Path, fresh: &Path) -> Result<String, DownloadError> {
    let packed = File::open(part).map_err(disk(part, "open"))?;
    let mut content: Box<dyn Read> = if source.url.strip_suffix(".gz").is_some() {
        Box::new(MultiGzDecoder::new(io::BufReader::new(packed)))
    } else {
        Box::new(packed)
    };
    let mut file = File::create(fresh).map_err(disk(fresh, "create"))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => {
                remove(part)?;
                remove(fresh)?;
                return Err(DownloadError::Damaged { url: source.url.clone(), problem: error.to_string() });
            }
        };
        hash.update(&buffer[..count]);
        file.write_all(&buffer[..count]).map_err(disk(fresh, "write"))?;
    }
    file.sync_all().map_err(disk(fresh, "write"))?;
    Ok(hex(&hash.finalize()))
}

fn digest_of(path: &Path) -> Result<String, DownloadError> {
    let mut file = File::open(path).map_err(disk(path, "open"))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(disk(path, "read"))? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(&buffer[..count]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn length_of(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn remove(path: &Path) -> Result<(), DownloadError> {
    fs::remove_file(path).map_err(disk(path, "remove"))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn disk(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> DownloadError {
    let path = path.to_path_buf();
    move |source| DownloadError::Disk { path, action, source }
}

#[cfg(test)]
mod tests;

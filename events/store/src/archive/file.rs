//! Archives as files: written whole or not at all, opened and checked line by line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::line::{Batch, Line};
use super::manifest::{FORMAT, Link, stem};
use super::proof::Proof;
use super::replay::{chain_at, link, table};
use super::{ArchiveError, Manifest, hex};
use crate::EventStore;
use crate::error::read_again;

/// An archive with its manifest; nothing of it is believed before [`Archive::verify`].
#[derive(Debug, Clone)]
pub struct Archive {
    path: PathBuf,
    manifest: Manifest,
}

fn at(path: &Path) -> impl Fn(io::Error) -> ArchiveError + '_ {
    move |source| ArchiveError::File { path: path.to_owned(), source }
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".ndjson.gz").unwrap_or(&name);
    path.with_file_name(format!("{name}.manifest.json"))
}

/// Writes a range of the table to `folder`, file and manifest; neither is there before both are complete.
///
/// # Errors
/// When the range cannot be read, contradicts itself, or the files cannot be written or are there already.
pub async fn create(
    store: &EventStore,
    (first, last): (i64, i64),
    folder: &Path,
    program: &str,
) -> Result<Archive, ArchiveError> {
    let stem = stem(store.log_id(), first, last);
    let path = folder.join(format!("{stem}.ndjson.gz"));
    if path.exists() {
        let found = io::Error::new(io::ErrorKind::AlreadyExists, "is there already");
        return Err(at(&path)(found));
    }
    let unfinished = folder.join(format!("{stem}.unfinished"));
    let failed = at(&unfinished);
    let mut file = GzEncoder::new(
        BufWriter::new(File::create(&unfinished).map_err(&failed)?),
        Compression::default(),
    );
    let chain_before = link_before(store, first).await?;
    let mut proof = Proof::from(store.log_id(), first, chain_before);
    table(store, first, last, &mut |line: &Line| {
        let refuted = |what| ArchiveError::Refuted { file: "es.event".into(), what };
        proof.take(line).map_err(refuted)?;
        let mut text = line.to_json(store.log_id()).map_err(|e| failed(e.into()))?;
        text.push(b'\n');
        file.write_all(&text).map_err(&failed)
    })
    .await?;
    let written =
        file.finish().and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error));
    written.and_then(|file| file.sync_all()).map_err(&failed)?;
    let told = |(position, hash): (i64, [u8; 32])| Link { position, hash: hex(&hash) };
    let manifest = Manifest {
        format: FORMAT.into(),
        program: program.into(),
        file: format!("{stem}.ndjson.gz"),
        log: store.log_id(),
        first,
        last,
        events: proof.events(),
        file_sha256: hex(&digest(&unfinished)?),
        contents_sha256: hex(&proof.contents()),
        chain_before: told(chain_before),
        chain_after: told(proof.link()),
        tail: proof.open().iter().map(|hash| hex(hash)).collect(),
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|e| failed(e.into()))?;
    let sidecar = beside(&path);
    std::fs::write(&sidecar, text).map_err(at(&sidecar))?;
    std::fs::rename(&unfinished, &path).map_err(at(&path))?;
    Ok(Archive { path, manifest })
}

/// The batch that ends before the first one that ends at `first` or later.
async fn link_before(store: &EventStore, first: i64) -> Result<(i64, [u8; 32]), ArchiveError> {
    let position: Option<i64> = read_again(store.pool(), || {
        sqlx::query_scalar(
            "SELECT last_position FROM es.batch WHERE log_id = $1 AND last_position < $2 \
              ORDER BY last_position DESC LIMIT 1",
        )
        .bind(store.log_id())
        .bind(first)
        .fetch_optional(store.pool())
    })
    .await?;
    let position = position.unwrap_or(0);
    let chain = chain_at(store, position).await?.unwrap_or_default();
    Ok((position, chain))
}

fn digest(path: &Path) -> Result<[u8; 32], ArchiveError> {
    let mut file = File::open(path).map_err(at(path))?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer).map_err(at(path))?;
        if read == 0 {
            return Ok(hash.finalize().into());
        }
        hash.update(&buffer[..read]);
    }
}

impl Archive {
    /// Opens the file of a path by its manifest.
    ///
    /// # Errors
    /// When there is none, or it is of another format.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let sidecar = beside(path);
        let text = std::fs::read(&sidecar).map_err(at(&sidecar))?;
        let refuted = |what| ArchiveError::Refuted { file: sidecar.display().to_string(), what };
        let manifest: Manifest = serde_json::from_slice(&text)
            .map_err(|error| refuted(format!("is no manifest of an archive: {error}")))?;
        if manifest.format != FORMAT {
            return Err(refuted(format!("format {} is unknown here", manifest.format)));
        }
        Ok(Self { path: path.to_owned(), manifest })
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// A contradiction in this file.
    pub(super) fn refuted(&self, what: impl Into<String>) -> ArchiveError {
        ArchiveError::Refuted { file: self.path.display().to_string(), what: what.into() }
    }

    /// Every line, read but not checked against the others.
    pub(super) fn lines(
        &self,
        mut sink: impl FnMut(&Line) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        let file = File::open(&self.path).map_err(at(&self.path))?;
        let mut lines = BufReader::new(GzDecoder::new(BufReader::new(file)));
        let (mut text, mut number) = (Vec::new(), 0);
        loop {
            text.clear();
            number += 1;
            let read = lines.read_until(b'\n', &mut text);
            let read = read.map_err(|error| self.refuted(format!("line {number}: {error}")))?;
            if read == 0 {
                return Ok(());
            }
            let line = Line::parse(text.trim_ascii_end(), self.manifest.log);
            sink(&line.map_err(|what| self.refuted(format!("line {number} {what}")))?)?;
        }
    }

    /// Proves the file by itself: its own hash, every line, the chain, and that the manifest tells the same.
    ///
    /// # Errors
    /// The first contradiction, with its position where it has one.
    pub fn verify(&self) -> Result<(), ArchiveError> {
        let manifest = &self.manifest;
        if hex(&digest(&self.path)?) != manifest.file_sha256 {
            return Err(self.refuted("the file is not the one of its manifest (SHA-256 differs)"));
        }
        let begun = link(&manifest.chain_before);
        let begun = begun.ok_or_else(|| self.refuted("the chain of the manifest has no hash"))?;
        let mut proof = Proof::from(manifest.log, manifest.first, begun);
        self.lines(|line| proof.take(line).map_err(|what| self.refuted(what)))?;
        let open: Vec<String> = proof.open().iter().map(|hash| hex(hash)).collect();
        let told = [
            (proof.next() - 1 == manifest.last, "ends elsewhere"),
            (proof.events() == manifest.events, "holds another number of events"),
            (hex(&proof.contents()) == manifest.contents_sha256, "holds other contents"),
            (
                Some(proof.link()) == link(&manifest.chain_after),
                "ends with another link of the chain",
            ),
            (open == manifest.tail, "ends with other hashes behind the last batch"),
        ];
        match told.iter().find(|(agrees, _)| !agrees) {
            Some((_, what)) => Err(self.refuted(format!("{what} than the manifest says"))),
            None => Ok(()),
        }
    }

    /// [`verify`](Self::verify), and both ends of the chain as the log holds them; with `rows`, every line as the
    /// table holds it too.
    ///
    /// # Errors
    /// As there.
    pub async fn verify_against(&self, store: &EventStore, rows: bool) -> Result<(), ArchiveError> {
        self.verify()?;
        let manifest = &self.manifest;
        if manifest.log != store.log_id() {
            return Err(self.refuted(format!("is of log {}", manifest.log)));
        }
        for end in [&manifest.chain_before, &manifest.chain_after] {
            if chain_at(store, end.position).await?.as_ref().map(|hash| hex(hash)).as_ref()
                != Some(&end.hash)
            {
                let at = end.position;
                return Err(self.refuted(format!("position {at}: the log's chain is another one")));
            }
        }
        if rows {
            let (ours, theirs) = (self.told()?, table_told(store, manifest).await?);
            if ours != theirs {
                return Err(self.refuted("the table holds other rows"));
            }
        }
        Ok(())
    }

    /// SHA-256 over the lines as this program writes them.
    fn told(&self) -> Result<[u8; 32], ArchiveError> {
        let mut hash = Sha256::new();
        self.lines(|line| tell(&mut hash, line, self.manifest.log))?;
        Ok(hash.finalize().into())
    }

    /// Every event, for whoever puts them back.
    pub(super) fn events(
        &self,
        mut sink: impl FnMut(&events::Recorded) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        self.lines(|line| match line {
            Line::Event(event) => sink(event),
            Line::Batch(Batch { .. }) => Ok(()),
        })
    }
}

async fn table_told(store: &EventStore, manifest: &Manifest) -> Result<[u8; 32], ArchiveError> {
    let mut hash = Sha256::new();
    let sink = &mut |line: &Line| tell(&mut hash, line, manifest.log);
    table(store, manifest.first, manifest.last, sink).await?;
    Ok(hash.finalize().into())
}

fn tell(hash: &mut Sha256, line: &Line, log: i16) -> Result<(), ArchiveError> {
    let text = line.to_json(log).map_err(|error| ArchiveError::File {
        path: PathBuf::from("a line"),
        source: error.into(),
    })?;
    hash.update(text);
    hash.update(b"\n");
    Ok(())
}

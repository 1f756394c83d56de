//! Disks that kill the process, disks that lose power, and damaged copies of a folder.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use journal::{Disk, FileDisk};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// A real disk under which the process is killed at its n-th operation.
pub(crate) struct KillingDisk {
    real: FileDisk,
    left: u64,
    /// Whether it kills before the operation, in its middle, or after it.
    moment: u64,
}

impl KillingDisk {
    pub(crate) fn new(operation: u64) -> KillingDisk {
        KillingDisk { real: FileDisk::default(), left: operation, moment: operation % 3 }
    }

    /// Counts an operation; returns whether it is the last one.
    fn is_last(&mut self) -> bool {
        self.left -= 1;
        if self.left == 0 && self.moment == 0 {
            kill_self();
        }
        self.left == 0
    }
}

/// Like `kill -9`: nothing is flushed or closed.
fn kill_self() -> ! {
    let done =
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    panic!("the kernel does not kill: {done:?}");
}

impl Disk for KillingDisk {
    fn open_segment(&mut self, path: &Path) -> io::Result<u64> {
        let last = self.is_last();
        let length = self.real.open_segment(path)?;
        if last { kill_self() } else { Ok(length) }
    }

    fn write_all_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        let last = self.is_last();
        let half = if last && self.moment == 1 { bytes.len() / 2 } else { bytes.len() };
        self.real.write_all_at(&bytes[..half], at)?;
        if last { kill_self() } else { Ok(()) }
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let last = self.is_last();
        self.real.truncate(length)?;
        if last { kill_self() } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        let last = self.is_last();
        self.real.sync()?;
        if last { kill_self() } else { Ok(()) }
    }

    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        let last = self.is_last();
        self.real.sync_folder(folder)?;
        if last { kill_self() } else { Ok(()) }
    }
}

/// A disk with a cache that loses power at its n-th operation: of unsynced data it keeps
/// any sectors, of unsynced file names some.
pub(crate) struct PowerCutDisk {
    files: BTreeMap<PathBuf, File>,
    current: PathBuf,
    left: u64,
    chance: ChaCha8Rng,
}

#[derive(Default)]
struct File {
    /// The bytes on the platter.
    platter: Vec<u8>,
    /// The bytes a reader sees while there is power.
    cache: Vec<u8>,
    is_named: bool,
}

impl PowerCutDisk {
    pub(crate) fn new(operation: u64, seed: u64) -> PowerCutDisk {
        let (files, current) = (BTreeMap::new(), PathBuf::new());
        PowerCutDisk { files, current, left: operation, chance: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Counts an operation; returns whether the power fails at it. After that every operation fails.
    fn power_fails(&mut self) -> io::Result<bool> {
        if self.left == 0 {
            return Err(gone());
        }
        self.left -= 1;
        Ok(self.left == 0)
    }

    fn use_operation(&mut self) -> io::Result<()> {
        if self.power_fails()? { Err(gone()) } else { Ok(()) }
    }

    fn file(&mut self) -> &mut File {
        self.files.get_mut(&self.current).unwrap()
    }

    /// Writes the files as they are found when the power is back.
    fn write_remains(&mut self) {
        for (path, file) in std::mem::take(&mut self.files) {
            if !file.is_named && self.chance.next_u64().is_multiple_of(2) {
                // The file name was not synced and is lost.
                let _gone = fs::remove_file(&path);
                continue;
            }
            let (short, long) = (file.platter.len(), file.cache.len());
            let (short, long) = (short.min(long), short.max(long));
            let length = short + (self.chance.next_u64() % (long - short + 1) as u64) as usize;
            let mut left = file.platter;
            left.resize(length, 0);
            for (old, new) in left.chunks_mut(SECTOR).zip(file.cache.chunks(SECTOR)) {
                if self.chance.next_u64().is_multiple_of(2) {
                    let both = old.len().min(new.len());
                    old[..both].copy_from_slice(&new[..both]);
                }
            }
            fs::write(&path, left).unwrap();
        }
    }
}

fn gone() -> io::Error {
    io::Error::other("the power is gone")
}

impl Disk for PowerCutDisk {
    fn open_segment(&mut self, path: &Path) -> io::Result<u64> {
        self.use_operation()?;
        self.current = path.into();
        let there = || match fs::read(path) {
            Ok(platter) => File { cache: platter.clone(), platter, is_named: true },
            Err(_) => File::default(),
        };
        let file = self.files.entry(path.into()).or_insert_with(there);
        // The name is visible, whether or not it is kept.
        fs::OpenOptions::new().create(true).append(true).open(path)?;
        Ok(file.cache.len() as u64)
    }

    fn write_all_at(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        let goes = self.power_fails()?;
        let (cache, at) = (&mut self.file().cache, at as usize);
        cache.resize(cache.len().max(at + bytes.len()), 0);
        cache[at..at + bytes.len()].copy_from_slice(bytes);
        if goes { Err(gone()) } else { Ok(()) }
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let goes = self.power_fails()?;
        self.file().cache.resize(length as usize, 0);
        if goes { Err(gone()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.use_operation()?;
        let file = self.file();
        file.platter.clone_from(&file.cache);
        Ok(())
    }

    fn sync_folder(&mut self, _folder: &Path) -> io::Result<()> {
        self.use_operation()?;
        self.files.values_mut().for_each(|file| file.is_named = true);
        Ok(())
    }
}

impl Drop for PowerCutDisk {
    fn drop(&mut self) {
        self.write_remains();
    }
}

/// Copies a folder with one damage: changed bits, a file truncated, missing, or zeroed from some byte
/// on. Returns a description.
pub(crate) fn copy_damaged(from: &Path, to: &Path, seed: u64) -> String {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut below = |n: usize| (chance.next_u64() % n.max(1) as u64) as usize;
    let mut files = copy(from, to);
    files.retain(|path| {
        path.file_name() != Some("lock".as_ref()) && fs::metadata(path).unwrap().len() > 0
    });
    let path = &files[below(files.len())];
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut bytes = fs::read(path).unwrap();
    let at = below(bytes.len());
    let what = match seed % 4 {
        0 => {
            bytes.truncate(at);
            format!("{name} ends at byte {at}")
        }
        1 => {
            fs::remove_file(path).unwrap();
            return format!("{name} is gone");
        }
        2 => {
            let end = (at + 1 + below(8 * SECTOR)).min(bytes.len());
            bytes[at..end].fill(0);
            format!("{name} is zero from byte {at} to {end}")
        }
        _ => {
            let times = 1 + below(4);
            for _ in 0..times {
                let at = below(bytes.len());
                bytes[at] ^= 1 << below(8);
            }
            format!("{times} bits of {name} have turned over")
        }
    };
    fs::write(path, bytes).unwrap();
    what
}

/// Copies a folder and returns its files.
fn copy(from: &Path, to: &Path) -> Vec<PathBuf> {
    fs::create_dir_all(to).unwrap();
    let mut copied = Vec::new();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied.extend(copy(&path, &there));
        } else {
            fs::copy(&path, &there).unwrap();
            copied.push(there);
        }
    }
    copied.sort();
    copied
}

/// The unit a disk writes atomically, in bytes.
const SECTOR: usize = 512;

//! The program at the head of an AppImage. Behind it in the same file lies a squashfs with a folder; it unpacks that
//! once into the user's cache, and then becomes the `AppRun` in it.
//!
//! The usual runtime mounts the squashfs, for which the system must have FUSE. This one needs nothing of the system
//! but Linux: it is linked statically, and pays with the room in the cache.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, id};

use backhand::{FilesystemReader, InnerNode};

/// The folder in the cache; it holds one version at a time.
const CACHE: &str = "reelsmith-appimage";

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{path}: {source}", path = path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("this file is not whole: {0}")]
    Image(#[from] backhand::BackhandError),
    #[error("no HOME and no XDG_CACHE_HOME, so nowhere to unpack to; --appimage-extract unpacks here")]
    NoCache,
    #[error("{0} is not known here: there are --appimage-extract and --appimage-offset")]
    Option(String),
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("AppImage: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let image = fs::read_link("/proc/self/exe").map_err(at(Path::new("/proc/self/exe")))?;
    let offset = end_of_program(&image).map_err(at(&image))?;
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| first.to_str()) {
        Some("--appimage-offset") => {
            println!("{offset}");
            Ok(())
        }
        Some("--appimage-extract") => unpack(&image, offset, Path::new("squashfs-root")),
        Some(other) if other.starts_with("--appimage-") => Err(Error::Option(other.to_owned())),
        _ => {
            let folder = unpacked(&image, offset)?;
            let program = folder.join("AppRun");
            // Comes back only if it fails.
            let error =
                Command::new(&program).args(arguments).env("APPIMAGE", &image).env("APPDIR", &folder).exec();
            Err(at(&program)(error))
        }
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::File { path, source }
}

/// Where the squashfs begins: behind the table of sections, which ends an ELF file.
fn end_of_program(image: &Path) -> io::Result<u64> {
    let mut head = [0; 64];
    File::open(image)?.read_exact(&mut head)?;
    let [.., a, b, c, d, e, f, g, h] = head[..48] else { return Err(io::ErrorKind::InvalidData.into()) };
    let table = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let entry = u16::from_le_bytes([head[58], head[59]]);
    let entries = u16::from_le_bytes([head[60], head[61]]);
    table.checked_add(u64::from(entry) * u64::from(entries)).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// The folder of this image in the cache, unpacked now if it was not yet.
fn unpacked(image: &Path, offset: u64) -> Result<PathBuf, Error> {
    let cache = cache().ok_or(Error::NoCache)?.join(CACHE);
    let name = format!("{:016x}", fingerprint(image, offset).map_err(at(image))?);
    let folder = cache.join(&name);
    if folder.is_dir() {
        return Ok(folder);
    }
    // Under its name there is only what is whole, also if two start at once or one is killed.
    let unfinished = cache.join(format!("{name}.{}", id()));
    unpack(image, offset, &unfinished)?;
    for other in fs::read_dir(&cache).map_err(at(&cache))?.flatten() {
        if other.file_name().to_str().is_some_and(|other| is_left_over(other, &name)) {
            // What cannot be removed takes room and does no harm.
            let _ = fs::remove_dir_all(other.path());
        }
    }
    match fs::rename(&unfinished, &folder) {
        Err(_) if folder.is_dir() => fs::remove_dir_all(&unfinished).map_err(at(&unfinished))?,
        done => done.map_err(at(&folder))?,
    }
    Ok(folder)
}

/// Whether a folder in the cache is another version's, or was left unfinished by a process that is gone.
fn is_left_over(folder: &str, version: &str) -> bool {
    match folder.split_once('.') {
        None => folder != version,
        Some((_, process)) => !Path::new("/proc").join(process).exists(),
    }
}

fn cache() -> Option<PathBuf> {
    let named = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| Some(PathBuf::from(env::var_os("HOME").filter(|home| !home.is_empty())?).join(".cache")))
}

fn fingerprint(image: &Path, offset: u64) -> io::Result<u64> {
    let mut file = File::open(image)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut hasher = DefaultHasher::new();
    let mut block = vec![0; 1 << 20];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hasher.finish()),
            read => hasher.write(&block[..read]),
        }
    }
}

/// Writes all that is in the squashfs to a new folder, to the disk.
fn unpack(image: &Path, offset: u64, folder: &Path) -> Result<(), Error> {
    let file = BufReader::new(File::open(image).map_err(at(image))?);
    let squashfs = FilesystemReader::from_reader_with_offset(file, offset)?;
    fs::create_dir_all(folder).map_err(at(folder))?;
    // A folder comes before what is in it.
    for node in squashfs.files() {
        let path = folder.join(node.fullpath.strip_prefix("/").unwrap_or(&node.fullpath));
        match &node.inner {
            InnerNode::Dir(_) => fs::create_dir_all(&path).map_err(at(&path))?,
            InnerNode::Symlink(link) => symlink(&link.link, &path).map_err(at(&path))?,
            InnerNode::File(file) => {
                let mut out = File::create(&path).map_err(at(&path))?;
                io::copy(&mut squashfs.file(file).reader(), &mut out).map_err(at(&path))?;
                let permissions = fs::Permissions::from_mode(u32::from(node.header.permissions));
                out.set_permissions(permissions).and_then(|()| out.sync_all()).map_err(at(&path))?;
            }
            // An AppDir has nothing else.
            _ => {}
        }
    }
    Ok(())
}

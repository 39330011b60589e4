//! Gives the Windows program its icon and version; other systems have them in their packages.

use std::env;
use std::io;

const ICON: &str = "assets/icon/reelsmith.ico";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ICON}");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("windows") {
        return Ok(());
    }
    winresource::WindowsResource::new()
        .set_icon(ICON)
        .set("ProductName", "Reelsmith")
        .set("FileDescription", "Reelsmith")
        .set("OriginalFilename", "reelsmith.exe")
        .set("LegalCopyright", "MIT or Apache-2.0")
        .compile_for("reelsmith")
}

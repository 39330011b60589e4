//! Which instruction set the kernels run on, found at run time.

use std::fmt;

/// An instruction set this CPU is known to have. It can be made only by looking at the CPU, which
/// is what makes calling a kernel compiled for it sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isa(pub(super) Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Isa {
    /// The best this CPU has.
    pub fn detect() -> Self {
        Self::available()[0]
    }

    /// What every CPU of this architecture has (on ARM that includes NEON).
    pub fn portable() -> Self {
        Self(Kind::Portable)
    }

    /// All this CPU has, best first; the portable one is always the last.
    pub fn available() -> Vec<Self> {
        let mut list = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
                if std::arch::is_x86_feature_detected!("avx512f") {
                    list.push(Self(Kind::Avx512));
                }
                list.push(Self(Kind::Avx2));
            }
        }
        list.push(Self(Kind::Portable));
        list
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "AVX2 and FMA",
            Kind::Portable if cfg!(target_arch = "aarch64") => "NEON",
            Kind::Portable => "portable code",
        })
    }
}

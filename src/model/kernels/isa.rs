//! Which instruction set the kernels run on, found at run time.

use std::fmt;

/// An instruction set this CPU is known to have. It can be made only by looking at the CPU, which
/// is what makes calling a kernel compiled for it sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Isa(pub(super) Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512Bf16,
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

    /// Whether products of bf16 run at full speed.
    pub fn has_bf16(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return self.0 == Kind::Avx512Bf16;
        #[cfg(not(target_arch = "x86_64"))]
        return false;
    }

    /// All this CPU has, best first; the portable one is always the last.
    pub fn available() -> Vec<Self> {
        let mut list = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected as has;
            if has!("avx2") && has!("fma") && has!("f16c") {
                // Without the instructions for small integers (before 2019) AVX-512 is left alone.
                if has!("avx512f") && has!("avx512bw") && has!("avx512vl") && has!("avx512vnni") {
                    if has!("avx512bf16") {
                        list.push(Self(Kind::Avx512Bf16));
                    }
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
            Kind::Avx512Bf16 | Kind::Avx512 => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "AVX2 and FMA",
            Kind::Portable if cfg!(target_arch = "aarch64") => "NEON",
            Kind::Portable => "portable code",
        })
    }
}

//! Memory that begins on a cache line.

#![forbid(unsafe_code)]

/// Bytes of a cache line, and of the widest register.
pub(super) const LINE: usize = 64;

/// How many bytes ahead of what is being read the cache is asked for what comes next, where a list is read
/// from end to end: the processor's own guess stops at every page.
pub(super) const AHEAD: usize = 2_048;

/// A fixed list of numbers whose first lies on a cache line: no load of a whole register ever
/// touches two lines, which at full speed costs a third.
#[derive(Debug)]
pub(super) struct Aligned<T> {
    values: Vec<T>,
    start: usize,
    len: usize,
}

impl<T: Copy + Default> Aligned<T> {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        let spare = LINE / size_of::<T>();
        let values = vec![T::default(); len + spare];
        // The only reason for an answer beyond `spare` is a platform that will not say.
        let start = values.as_ptr().align_offset(LINE).min(spare);
        Self { values, start, len }
    }

    /// The numbers.
    pub fn as_slice(&self) -> &[T] {
        &self.values[self.start..self.start + self.len]
    }

    /// The numbers, to change.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.values[self.start..self.start + self.len]
    }
}

impl<T: Copy + Default> Clone for Aligned<T> {
    /// A copy that is aligned in its own place.
    fn clone(&self) -> Self {
        let mut copy = Self::zeros(self.len);
        copy.as_mut_slice().copy_from_slice(self.as_slice());
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_copy_begins_on_a_line() {
        let mut first = Aligned::<i8>::zeros(1000);
        first.as_mut_slice()[999] = 7;
        for copy in [first.clone(), first.clone(), first] {
            assert_eq!(copy.as_slice().as_ptr().align_offset(LINE), 0);
            assert_eq!((copy.as_slice().len(), copy.as_slice()[999]), (1000, 7));
        }
    }
}

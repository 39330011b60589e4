//! The weights of a network as one flat list, cut into tensors by its shape.

use super::shape::{Shape, TensorSpec};

/// The parameters of a network of one shape, in one flat list in PyTorch's order.
///
/// The flat list is what an optimiser, a gradient and a file want; [`Parameters::tensor`] gives a
/// tensor by name. `R` is `f32`, or `f64` where tests need the digits.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters<R = f32> {
    shape: Shape,
    specs: Vec<TensorSpec>,
    values: Vec<R>,
}

impl<R: Copy + Default> Parameters<R> {
    /// All zeros: the start of a gradient.
    pub fn zeros(shape: Shape) -> Self {
        let specs = shape.tensors();
        let len = specs.last().map_or(0, |t| t.start + t.len);
        Self { shape, specs, values: vec![R::default(); len] }
    }

    /// The parameters of `shape` from their flat list, or the list back if its length is wrong.
    pub fn from_values(shape: Shape, values: Vec<R>) -> Result<Self, Vec<R>> {
        if values.len() == shape.parameters() {
            Ok(Self { shape, specs: shape.tensors(), values })
        } else {
            Err(values)
        }
    }

    /// The shape they belong to.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The tensors: name, dimensions, place.
    pub fn specs(&self) -> &[TensorSpec] {
        &self.specs
    }

    /// The flat list.
    pub fn values(&self) -> &[R] {
        &self.values
    }

    /// The flat list, to change.
    pub fn values_mut(&mut self) -> &mut [R] {
        &mut self.values
    }

    /// A tensor's elements, row by row.
    ///
    /// # Panics
    /// If the shape has no tensor of that name: the names are the program's own, never input.
    pub fn tensor(&self, name: &str) -> &[R] {
        &self.values[self.range(name)]
    }

    /// A tensor's elements, to change; panics like [`Parameters::tensor`].
    pub fn tensor_mut(&mut self, name: &str) -> &mut [R] {
        let range = self.range(name);
        &mut self.values[range]
    }

    fn range(&self, name: &str) -> std::ops::Range<usize> {
        match self.specs.iter().find(|t| t.name == name) {
            Some(spec) => spec.range(),
            None => panic!("a network of this shape has no tensor {name}"),
        }
    }
}

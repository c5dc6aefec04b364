//! Without Viper's types: all values are objects.

use super::Compiler;
use super::names::{Access, Name, Place};
use crate::Sink;
use crate::ast::{Ex, List};

/// What is known of the types in a function.
pub(super) struct Types<'b>(core::marker::PhantomData<&'b ()>);

/// The types of parameters and of the result.
pub(super) struct Annotations;

/// The type of the value on top of the stack.
#[derive(Clone, Copy)]
pub(super) struct Top;

impl Types<'_> {
    #[inline(always)]
    pub(super) fn none() -> Self {
        Types(core::marker::PhantomData)
    }
}

impl<S: Sink> Compiler<'_, '_, '_, S> {
    #[inline(always)]
    pub(super) fn annotations(&mut self, _: List<'_>, _: Ex<'_>) -> Option<Annotations> {
        None
    }
    #[inline(always)]
    pub(super) fn begin_typed(&mut self, _: Option<Annotations>) {}
    #[inline(always)]
    pub(super) fn typed(&mut self, _: u8, _: i32) -> bool {
        false
    }
    #[inline(always)]
    pub(super) fn typed_int(&mut self) {}
    #[inline(always)]
    pub(super) fn typed_object(&mut self) {}
    #[inline(always)]
    pub(super) fn typed_jump(&mut self, _: u8, _: i32) {}
    #[inline(always)]
    pub(super) fn typed_adjust(&mut self, _: i32) {}
    #[inline(always)]
    pub(super) fn top(&self) -> Top {
        Top
    }
    #[inline(always)]
    pub(super) fn join(&mut self, _: Top) {}
    #[inline(always)]
    pub(super) fn set_top(&mut self, _: Top) {}
    #[inline(always)]
    pub(super) fn typed_cast(&mut self, _: Name, _: Place) -> bool {
        false
    }
    #[inline(always)]
    pub(super) fn typed_name(&mut self, _: Place, _: Access) {}
    #[inline(always)]
    pub(super) fn typed_call(&mut self, _: u8, _: i32, _: u32, _: u32) -> bool {
        false
    }
}

//! Operators and other protocols by Python's rules: native slots and special methods.

mod compare;
mod container;
mod iterate;
mod names;
mod operator;
mod text;

pub(crate) use names::plain;

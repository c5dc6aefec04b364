//! What tests, fuzz targets and benches share: operations on pools made from numbers, and a naive model
//! that each pool must agree with.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

pub mod shadow;

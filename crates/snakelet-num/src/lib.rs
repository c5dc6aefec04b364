//! Big integers over limb slices, exact float parsing and printing.
#![no_std]

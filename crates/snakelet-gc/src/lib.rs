//! A precise, compacting mark-sweep heap over 16-byte blocks.
#![no_std]

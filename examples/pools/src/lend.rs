//! A model that stays, and memory that an accelerator borrows.

use std::io::Write;

use snakelet_pool::{
    Attributes, Flags, Lease, LendError, MemoryPool, NoRoomReason, Reach, Request,
};

use crate::failure::{Result, ensure, failed};
use crate::host::System;
use crate::tour::describe;
use crate::units::grouped;

/// Who uses a model.
const USERS: Reach = Reach::CPU.union(Reach::NPU);
/// What a model's memory should be like.
const FAST: Attributes = Attributes::FAST.union(Attributes::DTCM);

/// Places a model that outlives a reset of the script. Transient memory, which the same request
/// would get if the model were to go, is not for it.
pub(crate) fn model<'p>(
    system: &System<'p, '_>,
    bytes: usize,
    out: &mut dyn Write,
) -> Result<Lease<'p>> {
    let passing = Request::new(bytes).want(FAST).reach(USERS).flags(Flags::CACHE).owner("model");
    let lease = system.registry.place(&passing).map_err(failed)?;
    writeln!(out, "model, if it is to go: {}", describe(system, &lease)).map_err(failed)?;
    let transient = lease.pool().attributes.contains(Attributes::TRANSIENT);
    ensure(transient, || "a model that is to go lies in transient memory".to_string())?;
    drop(lease);
    let lasting = passing.flags(Flags::CACHE | Flags::PERSIST);
    let lease = system.registry.place(&lasting).map_err(failed)?;
    writeln!(out, "model, if it is to stay: {}", describe(system, &lease)).map_err(failed)?;
    let transient = lease.pool().attributes.contains(Attributes::TRANSIENT);
    ensure(!transient, || "a model that stays is not in transient memory".to_string())?;
    Ok(lease)
}

/// Lends the accelerator's memory: refused while a block is in it, granted when it is empty.
pub(crate) fn lend(system: &System<'_, '_>, bytes: usize, out: &mut dyn Write) -> Result<()> {
    let npu = system.pool("npu").ok_or_else(|| failed("the board has no accelerator"))?;
    let arena = Request::new(bytes)
        .want(FAST | Attributes::TRANSIENT)
        .reach(USERS)
        .flags(Flags::STRICT)
        .owner("tensors");
    let lease = system.registry.place(&arena).map_err(failed)?;
    writeln!(out, "tensors: {}", describe(system, &lease)).map_err(failed)?;
    match npu.pool.lend() {
        Err(error @ LendError::InUse { blocks: 1, bytes: used }) if used == lease.len() => {
            writeln!(out, "lend 'npu' with the tensors in it: {error}").map_err(failed)?;
        }
        other => return Err(failed(format!("a pool with a block in it was lent: {other:?}"))),
    }
    drop(lease);
    let lent = npu.pool.lend().map_err(failed)?;
    let whole = grouped(lent.len() as u64);
    ensure(lent == npu.pool.info().range(), || "all of a pool is lent".to_string())?;
    writeln!(out, "lend 'npu' when it is empty: {whole} bytes are the accelerator's")
        .map_err(failed)?;
    match system.registry.place(&arena) {
        Err(error) if error.reason == NoRoomReason::Full && error.largest == 0 => {
            writeln!(out, "tensors meanwhile: {error}").map_err(failed)?;
        }
        other => return Err(failed(format!("memory that is lent was placed: {other:?}"))),
    }
    ensure(npu.pool.reclaim(), || "lent memory can be taken back".to_string())?;
    let lease = system.registry.place(&arena).map_err(failed)?;
    writeln!(out, "tensors after it was taken back: {}", describe(system, &lease)).map_err(failed)
}

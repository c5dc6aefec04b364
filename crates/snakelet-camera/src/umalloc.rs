//! `umalloc`: figures of the pools, in OpenMV's form.

use snakelet_pool::{Attributes, PoolInfo, Stats};
use snakelet_vm::exception::classes::RUNTIME_ERROR;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{Contents, NativeFn, NativeModule};
use snakelet_vm::{Raised, methods, name};

use crate::Camera;
use crate::text::Text;

/// `umalloc`.
pub static UMALLOC: NativeModule = NativeModule::new(
    name!("umalloc"),
    &[Contents {
        functions: methods![
            // pools are the host's: a script cannot make them anew under those who use them
            NativeFn::full(name!("init"), 0, 0, |_, _| Ok(Held::NONE)),
            NativeFn::full(name!("collect"), 0, 0, collect),
            NativeFn::full(name!("stats"), 0, 1, stats),
            NativeFn::full(name!("print_stats"), 0, 1, print_stats),
        ],
        constants: &[],
    }],
);

fn collect<'s>(cx: &mut Full<'s>, _: FullArgs<'s>) -> Given<'s> {
    cx.collect()?;
    cx.with_state_mut(Camera::reclaim);
    Ok(Held::NONE)
}

/// Number `i` of the pools.
fn pool(camera: &Camera, i: usize) -> Option<(PoolInfo<'static>, Stats)> {
    camera.pools().iter().nth(i).map(|(_, pool)| (pool.info(), pool.stats()))
}

/// The index that was given; none where all pools are meant.
fn index<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<Option<usize>, Raised> {
    let Some(index) = args.get(0) else { return Ok(None) };
    let index = cx.i64_of(index)?;
    let known = with_camera(cx, |camera| camera.pools().iter().count())?;
    Ok(usize::try_from(index).ok().filter(|index| *index < known))
}

fn with_camera<R>(cx: &mut Full<'_>, work: impl FnOnce(&mut Camera) -> R) -> Result<R, Raised> {
    match cx.with_state_mut(work) {
        Some(result) => Ok(result),
        None => Err(cx.raise(&RUNTIME_ERROR, "the host has no pools")),
    }
}

fn stats<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let index = index(cx, args)?;
    let stats = with_camera(cx, |camera| match index {
        Some(index) => pool(camera, index).map(|(_, stats)| stats),
        // the peaks of several pools were not at one time
        None => Some(Stats { peak: 0, ..camera.pools().stats(None) }),
    })?;
    let stats = stats.unwrap_or_default();
    let figures = [
        stats.used_blocks.saturating_sub(stats.persistent_blocks),
        stats.free_runs,
        stats.persistent_blocks,
        stats.used,
        stats.free,
        stats.persistent,
        stats.peak,
    ];
    let mut items = [Held::NONE; 7];
    for (item, figure) in items.iter_mut().zip(figures) {
        *item = cx.count(figure)?;
    }
    cx.tuple(&items)
}

fn print_stats<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let index = index(cx, args)?;
    let count = with_camera(cx, |camera| camera.pools().iter().count())?;
    for i in 0..count {
        if index.is_some_and(|index| index != i) {
            continue;
        }
        let found = with_camera(cx, |camera| pool(camera, i))?;
        let Some((info, stats)) = found else { continue };
        let blocks = stats.used_blocks.saturating_sub(stats.persistent_blocks);
        let text = Text::<256>::of(format_args!(
            "pool {i}: base=0x{:08x} size={} used={}({blocks}) free={}({}) persist={}({}) peak={} flags={}\n",
            info.range().start,
            stats.size,
            stats.used,
            stats.free,
            stats.free_runs,
            stats.persistent,
            stats.persistent_blocks,
            stats.peak,
            Flags(info.attributes),
        ));
        cx.write(text.as_str())?;
    }
    Ok(Held::NONE)
}

/// Shows the attributes that OpenMV shows.
struct Flags(Attributes);

impl core::fmt::Display for Flags {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let names = [
            (Attributes::FAST, "FAST|"),
            (Attributes::DTCM, "DTCM|"),
            (Attributes::TRANSIENT, "TRANSIENT|"),
        ];
        for (attribute, name) in names {
            if self.0.contains(attribute) {
                f.write_str(name)?;
            }
        }
        Ok(())
    }
}

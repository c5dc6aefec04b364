//! Flags of a frame record.

/// The frame was entered by native code, to which its result goes.
pub(crate) const ENTRY: u16 = 1;
/// `extra` is a new instance, which is the result.
pub(crate) const INSTANCE: u16 = 2;
/// `extra` is the dict of local names.
pub(crate) const NAMES: u16 = 4;
/// `extra` is the generator that runs.
pub(crate) const GENERATOR: u16 = 8;
/// The generator was resumed by `FOR_ITER` of the frame below.
pub(crate) const FOR: u16 = 16;
/// The generator was resumed by a call in the frame below, whose result it gives.
pub(crate) const NEXT: u16 = 128;
/// What the generator yields goes to the sink of the native code that resumed it.
pub(crate) const SINK: u16 = 32;
/// The sink works on a value that the generator yielded.
pub(crate) const WAITS: u16 = 64;
/// `extra` is the module whose code it runs for the `IMPORT_NAME` or `IMPORT_FROM` of the frame
/// below, which is executed again then.
pub(crate) const IMPORT: u16 = 256;

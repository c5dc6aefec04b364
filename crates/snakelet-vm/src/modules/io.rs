//! `io`.

use crate::name;
use crate::native::{Constant, Contents, NativeModule};
use crate::stream::{BUFFERED_WRITER, BYTES_IO, FILE_IO, IO_BASE, STRING_IO, TEXT_IO};

/// `io`.
pub static IO: NativeModule = NativeModule::new(
    name!("io"),
    &[Contents {
        functions: &[],
        constants: &[
            (name!("BufferedWriter"), Constant::Type(&BUFFERED_WRITER)),
            (name!("BytesIO"), Constant::Type(&BYTES_IO)),
            #[cfg(feature = "files")]
            (name!("FileIO"), Constant::Type(&FILE_IO)),
            (name!("IOBase"), Constant::Type(&IO_BASE)),
            (name!("StringIO"), Constant::Type(&STRING_IO)),
            #[cfg(feature = "files")]
            (name!("TextIOWrapper"), Constant::Type(&TEXT_IO)),
            #[cfg(feature = "files")]
            (name!("open"), Constant::Function(&crate::builtins::system::OPEN)),
        ],
    }],
);

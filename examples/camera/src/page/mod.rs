//! A page with the preview, the pools and the output of the script.
//!
//! | path | gives |
//! |---|---|
//! | `/` | the page |
//! | `/stream` | the preview, a JPEG picture after the other |
//! | `/status` | figures, and what the script printed, as JSON |

mod status;

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageError};
use snakelet_camera::link::Viewer;
use snakelet_pool::{Frames, PixelFormat, StreamReader};

use crate::shared::Shared;
use status::History;

const PAGE: &str = include_str!("page.html");
/// The colours and the type that the page of `examples/pools` has.
const STYLE: &str = include_str!("../../../pools/src/page/style.css");

/// How long a frame is waited for between two looks.
const LOOK: Duration = Duration::from_millis(5);
/// How often pools are looked at for the picture over time.
const SAMPLE: Duration = Duration::from_millis(250);
/// What separates the pictures of a stream.
const BOUNDARY: &str = "frame";

/// What the page shows.
pub(crate) struct Page<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) frames: Vec<&'static Frames<'static>>,
    pub(crate) board: &'static snakelet_pool::presets::Board,
    pub(crate) viewer: &'static Viewer,
    pub(crate) reader: Mutex<StreamReader<'static>>,
    pub(crate) history: Mutex<History>,
}

impl<'a> Page<'a> {
    pub(crate) fn new(
        shared: &'a Shared,
        memories: &crate::board::Memories,
        viewer: &'static Viewer,
        reader: StreamReader<'static>,
    ) -> Self {
        // what is shown is scaled down by the camera, and then compressed here
        viewer.raw(true);
        viewer.fit(640, 480);
        let (frames, board) = (memories.frames(), memories.board);
        let (reader, history) = (Mutex::new(reader), Mutex::new(History::default()));
        Page { shared, frames, board, viewer, reader, history }
    }

    /// Binds the page's port.
    pub(crate) fn bind(port: u16) -> Result<TcpListener, String> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .map_err(|error| format!("port {port}: {error}"))
    }

    /// Answers browsers, each in a thread of its own, for as long as the program runs.
    pub(crate) fn serve<'scope>(
        &'scope self,
        listener: TcpListener,
        scope: &'scope thread::Scope<'scope, '_>,
    ) {
        scope.spawn(|| {
            loop {
                let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
                history.look(self.shared);
                drop(history);
                thread::sleep(SAMPLE);
            }
        });
        scope.spawn(move || {
            for stream in listener.incoming().flatten() {
                scope.spawn(move || {
                    // a browser that went away is nobody's fault
                    let _ = self.answer(stream);
                });
            }
        });
    }

    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut lines = BufReader::new(io::Read::take(&stream, 8192)).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
        drop(lines);
        match request.split(' ').nth(1) {
            Some("/") => send(&mut stream, "text/html", PAGE.replace("STYLE\n", STYLE).as_bytes()),
            Some("/status") => {
                let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
                let status = status::json(self, &history);
                drop(history);
                send(&mut stream, "application/json", status.as_bytes())
            }
            Some("/stream") => self.stream(&mut stream),
            _ => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        }
    }

    /// Sends a picture after the other, until the browser goes away.
    fn stream(&self, stream: &mut TcpStream) -> io::Result<()> {
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\
             Content-Type: multipart/x-mixed-replace; boundary={BOUNDARY}\r\n\r\n"
        )?;
        self.viewer.show(true);
        loop {
            let Some(picture) = self.picture() else {
                thread::sleep(LOOK);
                continue;
            };
            write!(
                stream,
                "--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n",
                picture.len()
            )?;
            stream.write_all(&picture)?;
            stream.write_all(b"\r\n")?;
            stream.flush()?;
        }
    }

    /// The frame of the preview as JPEG, if there is one.
    fn picture(&self) -> Option<Vec<u8>> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = reader.begin()?;
        let (header, data) = (reading.header(), reading.data().to_vec());
        drop(reading);
        match PixelFormat::from_code(header.format)? {
            PixelFormat::Jpeg => Some(data),
            format => compress(format, header.width, header.height, &data).ok(),
        }
    }
}

/// Compresses raw pixels.
fn compress(
    format: PixelFormat,
    width: u32,
    height: u32,
    data: &[u8],
) -> Result<Vec<u8>, ImageError> {
    let mut picture = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut picture, 80);
    if format == PixelFormat::Rgb565 {
        let rgb: Vec<u8> = data
            .as_chunks::<2>()
            .0
            .iter()
            .flat_map(|pixel| {
                let pixel = u16::from_le_bytes(*pixel);
                let (r, g, b) = (pixel >> 11, pixel >> 5 & 63, pixel & 31);
                [(r << 3 | r >> 2) as u8, (g << 2 | g >> 4) as u8, (b << 3 | b >> 2) as u8]
            })
            .collect();
        encoder.encode(&rgb, width, height, ExtendedColorType::Rgb8)?;
    } else {
        encoder.encode(data, width, height, ExtendedColorType::L8)?;
    }
    Ok(picture)
}

fn send(stream: &mut TcpStream, kind: &str, body: &[u8]) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}

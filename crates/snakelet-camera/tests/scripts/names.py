# Names of OpenMV's documentation, with the values that go over the wire or that chips tell.
import csi, image

METHODS = """reset shutdown sleep flush snapshot width height cid readable pixformat framesize framerate window gainceiling
contrast brightness saturation quality colorbar auto_gain gain_db auto_exposure exposure_us auto_whitebal rgb_gain_db
auto_blc blc_regs hmirror vflip transpose auto_rotation framebuffers lens_correction special_effect vsync_callback
frame_callback ioctl color_palette __write_reg __read_reg""".split()
assert len(METHODS) == 40
for name in METHODS:
    assert hasattr(csi.CSI, name), name
SENSORS = """OV2640 OV5640 OV7670 OV7690 OV7725 OV9650 MT9V022 MT9V024 MT9V032 MT9V034 MT9M114 BOSON320 BOSON640 LEPTON HM01B0
HM0360 GC2145 GENX320ES GENX320 PAG7920 PAG7936 PAJ6100 FROGEYE2020 SOFTCSI""".split()
SIZES = """QCIF CIF QSIF SIF QQQVGA QQVGA QVGA VGA HQVGA HVGA WVGA WVGA2 SVGA XGA WXGA SXGA SXGAM UXGA HD FHD QHD QXGA WQXGA
WQXGA2""".split()
assert (len(SENSORS), len(SIZES)) == (24, 24)
for name in SENSORS + SIZES + ["NORMAL", "NEGATIVE"]:
    assert isinstance(getattr(csi, name), int), name
requests = [name for name in dir(csi) if name.startswith("IOCTL_")]
assert len(requests) == 40 and len({getattr(csi, name) for name in requests}) == 40
events = [name for name in dir(csi) if name.startswith("GENX320_") or name.endswith(("_EVENT", "_RISING", "_FALLING"))]
assert len(events) == 22, len(events)
for module in (csi, image):
    formats = (module.BINARY, module.GRAYSCALE, module.RGB565, module.BAYER, module.YUV422, module.JPEG)
    assert formats == (0x08010000, 0x08020001, 0x0C030002, 0x05040001, 0x14050002, 0x06060000)
assert image.PNG == 0x06070000
assert (csi.SOFTCSI, csi.LEPTON, csi.OV5640) == (0x50F7, 0x54, 0x56)
# no sensor here knows any of them
cam = csi.CSI()
for name in requests:
    try:
        cam.ioctl(getattr(csi, name))
        assert 0, name
    except RuntimeError as error:
        assert str(error) == "Sensor control is not supported."

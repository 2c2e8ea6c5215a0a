import io

import pytest
import zxingcpp
from PIL import Image, ImageOps

from clients.markings.reader import MarkingReader

LABEL = "[)>\x1e06\x1d1PLM358DR\x1dQ10\x1e\x04"


def jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def barcode(text: str, kind: zxingcpp.BarcodeFormat, scale: int = 4) -> Image.Image:
    image = zxingcpp.create_barcode(text, kind).to_image(scale=scale)
    return Image.fromarray(image)


def on_table(*pictures: Image.Image) -> Image.Image:
    table = Image.new("L", (900, 700), 190)
    for place, picture in enumerate(pictures):
        table.paste(ImageOps.expand(picture, 20, 255), (40 + 420 * place, 60 + 120 * place))
    return table


@pytest.mark.parametrize("turn", [0, 45, 90, 180])
def test_label_is_read_however_it_is_turned(turn: int) -> None:
    photo = on_table(barcode(LABEL, zxingcpp.BarcodeFormat.DataMatrix)).rotate(turn, expand=True, fillcolor=190)

    codes = MarkingReader().read(jpeg(photo)).codes

    assert [(code.text, code.symbology) for code in codes] == [(LABEL, "datamatrix")]


def test_every_code_of_a_photo_is_read() -> None:
    qr, line = (
        barcode("{pc:C1,pm:A}", zxingcpp.BarcodeFormat.QRCode),
        barcode("Q4000", zxingcpp.BarcodeFormat.Code128, 2),
    )

    codes = MarkingReader().read(jpeg(on_table(qr, line))).codes

    assert {(code.text, code.symbology) for code in codes} == {("{pc:C1,pm:A}", "qrcode"), ("Q4000", "code128")}


def test_light_code_on_dark_is_read() -> None:
    photo = ImageOps.invert(on_table(barcode(LABEL, zxingcpp.BarcodeFormat.DataMatrix)))

    assert [code.text for code in MarkingReader().read(jpeg(photo)).codes] == [LABEL]


def test_small_code_is_read() -> None:
    photo = on_table(barcode(LABEL, zxingcpp.BarcodeFormat.DataMatrix, 2))

    assert [code.text for code in MarkingReader().read(jpeg(photo)).codes] == [LABEL]


def test_empty_photo_has_no_codes() -> None:
    assert MarkingReader().read(jpeg(on_table())).codes == ()


@pytest.mark.parametrize("scale", [2, 4])
def test_code_says_where_it_is_in_the_photo(scale: int) -> None:
    picture = barcode(LABEL, zxingcpp.BarcodeFormat.DataMatrix, scale)
    photo = on_table(picture)

    (code,) = MarkingReader().read(jpeg(photo)).codes

    assert code.region is not None
    assert (code.region.x, code.region.y) == pytest.approx((60 / photo.width, 80 / photo.height), abs=0.02)
    assert code.region.width == pytest.approx(picture.width / photo.width, abs=0.02)

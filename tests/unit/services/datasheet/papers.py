"""Papers that name a part and are no datasheet, as they are found beside one."""

INVOICE = """ACME ELECTRONIC COMPONENTS
Sales order 60012345
Bill to: Workshop Ltd, 12 Mill Lane, Leeds
Item  Part no.        Description                    Qty   Unit price   Amount
1     LM358DR         OPAMP DUAL LM358 SOIC-8        10    0.214        2.14
2     LM358P          OPAMP DUAL LM358 DIP-8         5     0.380        1.90
Subtotal  4.04
VAT 20 %  0.81
Grand total  GBP 4.85
Payment terms: 30 days net. IBAN GB29 NWBK 6016 1331 9268 19
"""
RECHNUNG = """Bauteile-Versand GmbH
Kundennummer 4711, Lieferdatum 03.11.2026
Pos  Artikel  Bezeichnung  Menge  Einzelpreis  Gesamt
1  LM358  Operationsverstärker, 2-fach, DIP-8  10  0,31  3,10 €
Zwischensumme 3,10 €
MwSt. 19 % 0,59 €
Gesamtbetrag 3,69 €, zahlbar innerhalb von 14 Tagen
"""
BOM = """Preamplifier board, rev. C
Reference  Qty  Value  Footprint  Manufacturer part number  Supplier part
U1, U2  2  LM358  SOIC-8_3.9x4.9mm  LM358DR  296-1014-1-ND
C1, C2, C3  3  100nF  C_0603  CC0603KRX7R9BB104  311-1344-1-ND
R1, R2  2  10k  R_0603  RC0603FR-0710KL  311-10.0KHRCT-ND
J1  1  Conn_01x04  PinHeader_1x04
"""
BOM_WITH_A_TABLE = "Parts list LM358 preamp\nOrdering information\n" + BOM
README = """# LM358 driver for MicroPython

A small library for boards with the LM358.

## Installation

    pip install lm358-driver
    git clone https://github.com/someone/lm358-driver.git

## Usage

```python
from lm358 import Amplifier
```

## Pin configuration

| Parameter | Min | Typ | Max | Unit |
|---|---|---|---|---|
| Supply voltage | 3 | 5 | 32 | V |

## License

MIT License. Pull requests are welcome.
"""
SHOP = """Home > Semiconductors > Op amps > LM358
LM358 Dual Operational Amplifier, DIP-8
4.7 out of 5, 128 reviews
$0.45  SKU: OA-0358  In stock, ships today
Add to cart   Add to wishlist
Product characteristics
Supply voltage: 3 to 32 V
Pin configuration: see the picture
Package dimensions: 9.8 x 6.4 mm
Customers also bought: LM324, NE5532
Free shipping over $30. Returns policy. Newsletter.
"""
SCHEMATIC = """U1 LM358
LM358
R1 10k R2 10k R3 47k C1 100n C2 10u C3 100n J1 J2 D1 1N4148 Q1 BC547
VCC GND IN+ IN- OUT
Title: LM358 preamplifier
File: preamp.kicad_sch
Sheet: / Sheet: 1/1
Size: A4  Date: 2026-11-02  Rev: B
KiCad E.D.A. 9.0.1  Id: 1/1
"""
ARTICLE = """Getting more out of the LM358
By Jane Q. Writer
Abstract
The LM358 is a dual amplifier that everybody has in a drawer. This article shows how to use the LM358 as a comparator.
Introduction
In this design the LM358 drives a relay.
Pin configuration
Conclusion
The LM358 does it.
References
"""
ASSEMBLY = """LM358 breakout, assembling it
What you need: the board, one LM358, two resistors.
Connect the red wire to VCC. Press the button until the LED lights.
Troubleshooting
Nothing happens: turn the LM358 around.
"""
PLAIN = """LM358
The LM358 again, and nothing else that a datasheet has.
LM358 LM358
"""
PRINTED_PAGE = """11/27/26, 9:33 PM LM358 dual op amp: the complete guide
Home > Blog > LM358
Last updated: May 2026
LM358 pinout
Pin configuration
Absolute maximum ratings
Parameter Min Max Unit
Electrical characteristics
Frequently asked questions
In this article we looked at the LM358. Share this article. Privacy policy.
https://example.com/blog/lm358-complete-guide 1/6
"""

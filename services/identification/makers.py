"""Makers: their printed names, and the prefixes of the numbers on their parts."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple


class Maker(NamedTuple):
    """A maker; `printed` and `prefixes` are patterns of upper-case letters and digits."""

    name: str
    printed: str
    prefixes: str
    dropped: str = ""
    "a prefix of the full number that the maker leaves out on small packages"


MAKERS: Final = (
    Maker("Allegro", "ALLEGRO", r"A[1-9]\d{3}|ACS|UDN|UGN|ULN"),
    Maker("AMD", "AMD|ADVANCEDMICRODEVICES", r"AM\d|PAL"),
    Maker("Analog Devices", "ANALOG|ANALOGDEVICES", r"AD\d|AD[A-Z]{1,3}\d|LTC?\d|MAX\d|HMC\d"),
    Maker("Asahi Kasei", "AKM|ASAHIKASEI", r"AK\d"),
    Maker("Atmel", "ATMEL", r"AT"),
    Maker("Bosch", "BOSCH", r"BM[AEGIMPX]\d"),
    Maker("Broadcom", "BROADCOM|AVAGO", r"BCM|ACPL|HCPL|ASSR"),
    Maker("Burr-Brown", "BURRBROWN", r"OPA|INA|PCM|DAC|ADS|XTR|ISO|UAF"),
    Maker("Cirrus Logic", "CIRRUS|CIRRUSLOGIC|WOLFSON", r"CS\d|WM\d"),
    Maker("Cypress", "CYPRESS", r"CY\d|CY[A-Z]\d|S25"),
    Maker("Dallas", "DALLAS", r"DS\d", "DS"),
    Maker("Diodes", "DIODES", r"AP\d|AZ\d|AL\d|PAM\d|DM[NPC]\d|ZX|SBR"),
    Maker("Eon", "C?FEON|EON", r"EN\d", "EN"),
    Maker("Espressif", "ESPRESSIF", r"ESP(32|8266)"),
    Maker("Etron", "ETRON(TECH)?", r"EM\d"),
    Maker("Fairchild", "FAIRCHILD", r"FD[A-Z]|FQ[A-Z]|FS[A-Z]|FOD|KA\d|MM74|DM74|UA\d"),
    Maker("FTDI", "FTDI", r"FT\d"),
    Maker("Fujitsu", "FUJITSU", r"MB\d"),
    Maker("GigaDevice", "GIGADEVICE", r"GD(25|32|5F)", "GD"),
    Maker("Hitachi", "HITACHI", r"HD\d|HM\d|HA1\d|HN\d"),
    Maker("Holtek", "HOLTEK", r"HT\d"),
    Maker("Hynix", "S?K?HYNIX|HYUNDAI", r"HY\d|H5[A-Z]|H9[A-Z]|H27|GM7"),
    Maker("Infineon", "INFINEON", r"BTS|BSC\d|BSS\d|IRF|IPP\d|TLE\d|TLV?4\d|XMC\d|ICE\d"),
    Maker("Intel", "INTEL", r"[DPNC]8\d|I8\d|E28F|EP[1-4C]|EPM"),
    Maker("International Rectifier", "IRF?|INTERNATIONALRECTIFIER", r"IR[FLGS2]"),
    Maker("Intersil", "INTERSIL", r"ICL\d|ISL\d|ICM\d|HIP\d|CA3|HA\d"),
    Maker("ISSI", "ISSI", r"IS\d{2}"),
    Maker("Lattice", "LATTICE", r"LC\d|LCMXO|LFE|ISPLSI|ICE40"),
    Maker("Linear Technology", "LINEARTECHNOLOGY|LINEAR", r"LTC?\d"),
    Maker("Lite-On", "LITEON|LITEONELECTRONICS", r"LT(ST|V|R|L|S|W|P|C)[A-Z]?\d"),
    Maker("Macronix", "MX|MXIC|MACRONIX", r"MX(2|6|3|J)\d|2[35-9]([LRUF]|LV)\d", "MX"),
    Maker("Marvell", "MARVELL", r"88[A-Z]\d"),
    Maker("Maxim", "MAXIM", r"MAX\d|DS\d"),
    Maker("MediaTek", "MEDIATEK|RALINK", r"MT\d|RT\d"),
    Maker("Microchip", "MICROCHIP", r"PIC|DSPIC|MCP|2[45](AA|LC|C)|AT|LAN|KSZ|SST|MIC\d|TC\d"),
    Maker("Micron", "MICRON", r"MT\d|N25"),
    Maker("Mitsubishi", "MITSUBISHI", r"M5\d|M3\d|M6\d"),
    Maker("Motorola", "MOTOROLA", r"MC\d|XC\d|MC[A-Z]\d|MRF|MPX|SN74"),
    Maker("Murata", "MURATA", r"GRM|BLM\d|LQ[GHMPW]|NFM|DLW|PKM|CSTC"),
    Maker("National", "NATIONAL|NATIONALSEMICONDUCTOR|NS", r"LM\d|DM\d|DP8|DS\d|LF\d|LP\d|ADC\d|DAC\d|MM\d|COP8"),
    Maker("NEC", "NEC", r"UPD\d|UPC\d|D\d{4}|C\d{4}"),
    Maker("Nordic", "NORDIC", r"NRF|N5\d"),
    Maker(
        "NXP",
        "NXP|PHILIPS|NEXPERIA",
        r"LPC|PC[AF]\d|TJA|TDA|TEA|SA[AE]?\d|NE5|74|HEF|UDA|MK\d|MC[A-Z]|PN5|PMEG|BAT|PESD",
    ),
    Maker("OKI", "OKI", r"MSM|M5\d"),
    Maker("On-Bright", "ONBRIGHT", r"OB\d"),
    Maker("onsemi", "ONSEMI|ONSEMICONDUCTOR", r"NC[PVSL]\d|MC\d|LM\d|FD[A-Z]|NTD|MBR|MMB"),
    Maker("Panasonic", "PANASONIC|MATSUSHITA", r"ERJ|EE[EU]|ECA|AN\d|MN\d|MIP"),
    Maker("Realtek", "REALTEK", r"RTL|ALC"),
    Maker("Renesas", "RENESAS", r"R5F|R7F|UPD|HD6|M3\d|ISL\d"),
    Maker("Ricoh", "RICOH", r"R[PQN]\d|RN5|R5C"),
    Maker("Rohm", "ROHM|ROHMSEMICONDUCTOR", r"BA\d|BD\d|BU\d|BR\d|RK\d|2S[ABCDK]|DT[AC]\d"),
    Maker("Samsung", "SAMSUNG|SEC", r"K[4-9M][A-Z0-9]\d|KM\d|S3C|S5[A-Z]|KS\d|CL(05|10|21|31|32)"),
    Maker("Sanyo", "SANYO", r"L[ABCE]\d|STK\d"),
    Maker("Sensirion", "SENSIRION", r"SHT\d|SCD\d|SGP\d|STS\d|SPS\d|SDP\d|SFA\d|SEN\d"),
    Maker("Sharp", "SHARP", r"LH\d|LR\d|IR\d|PC\d|GP\d|S2S"),
    Maker("Silicon Labs", "SILABS|SILICONLABS", r"SI\d|EFR32|EFM|C8051|CP2\d"),
    Maker("Sony", "SONY|SONYJAPAN|SONYCOMPUTER", r"CX[ADKPBM]?\d|ICX|IMX"),
    Maker(
        "STMicroelectronics",
        "ST|STMICRO|STMICROELECTRONICS",
        r"STM?\d|STM(8|32)|ST[A-Z]{1,3}\d|L\d{3}|M[29]\d|LD\d|TDA|VN|LSM",
    ),
    Maker("Taiyo Yuden", "TAIYOYUDEN", r"[ETLGUAJ]MK\d|BRL|CBC"),
    Maker("TDK", "TDK|EPCOS", r"C\d{4}[XCJ]|CGA|MLF|VLS|B8\d"),
    Maker(
        "Texas Instruments",
        "TEXASINSTRUMENTS|TI",
        r"SN\d|TPS\d|TL\d|TL[CVE]\d|MSP\d|CC\d{4}|OPA|INA|BQ\d|DRV\d|TMS\d|LM\d|ADS\d|UC[C]?\d|REF\d",
    ),
    Maker("Toshiba", "TOSHIBA", r"TC\d|TA\d|TMP\d|TLP\d|TB\d|2S[ABCDK]|SSM\d|TH5"),
    Maker("Vishay", "VISHAY", r"SI\d|CRCW|WSL|TSOP|VO\d|SMBJ"),
    Maker("WCH", "WCH|WCHCN", r"CH\d"),
    Maker("Winbond", "WINBOND", r"W\d{2}|2[56][QXP]\d", "W"),
    Maker("Xilinx", "XILINX", r"XC\d"),
    Maker("Yamaha", "YAMAHA", r"YM[A-Z]?\d"),
    Maker("Zilog", "ZILOG", r"Z8|Z0"),
)


def printed_makers(keys: frozenset[str]) -> tuple[Maker, ...]:
    """Return the makers whose name is one of these words or lines, given as `canonical_key`s."""
    return tuple(maker for maker in MAKERS if any(re.fullmatch(maker.printed, key) for key in keys))


def maker_of(key: str, makers: Sequence[Maker]) -> Maker | None:
    """Return the maker whose prefix a number has, or None."""
    return next((maker for maker in makers if re.match(maker.prefixes, key)), None)

"""KiCad libraries as KiCad 9 writes them, made up."""

from collections.abc import Iterable, Mapping

_EFFECTS = "(effects (font (size 1.27 1.27)))"


def library(*symbols: str) -> str:
    """Return a library of symbols."""
    head = '(kicad_symbol_lib\n\t(version 20241209)\n\t(generator "kicad_symbol_editor")\n'
    return head + "".join(symbols) + ")\n"


def symbol(name: str, *facts: str, pins: int = 0, **properties: str) -> str:
    """Return a symbol with facts such as `(power)`, properties and pins."""
    drawn = f'\t\t(symbol "{name}_1_1"\n{"".join(_pins(pins))}\t\t)\n' if pins else ""
    return f'\t(symbol "{name}"\n{_listed(facts)}{_listed(_written(properties))}{drawn}\t)\n'


def _listed(facts: Iterable[str]) -> str:
    return "".join(f"\t\t{fact}\n" for fact in facts)


def _written(properties: Mapping[str, str]) -> Iterable[str]:
    for name, value in properties.items():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        yield f'(property "{name}" "{escaped}" (at 0 0 0)\n\t\t\t{_EFFECTS}\n\t\t)'


def _pins(count: int) -> Iterable[str]:
    for number in range(1, count + 1):
        yield (
            f"\t\t\t(pin bidirectional line\n\t\t\t\t(at -12.7 {number}.08 0)\n\t\t\t\t(length 2.54)\n"
            f'\t\t\t\t(name "P{number}"\n\t\t\t\t\t{_EFFECTS}\n\t\t\t\t)\n'
            f'\t\t\t\t(number "{number}"\n\t\t\t\t\t{_EFFECTS}\n\t\t\t\t)\n\t\t\t)\n'
        )

"""What reactions are called."""

from ..core.locale import Text, lazy
from .model import Cheer

CHEER_NAMES: dict[Cheer, Text] = {
    Cheer.BRAVO: lazy("Bravo"),
    Cheer.THANKS: lazy("Thank you"),
    Cheer.LEARNED: lazy("Learned something"),
}

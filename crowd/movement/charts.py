"""What people read off at their places: travel times and directions of several fields, for the tiles where people are.

Not here: the fields themselves (`crowd.movement.march`), who follows which (`crowd.movement.routes`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import numpy as np
from numba import get_num_threads

from crowd.kernels import floor_field
from crowd.kernels.neighbours import sort_into_cells
from crowd.kernels.tiles import AREA, BITS, WITHIN
from crowd.movement.detour import Detour
from crowd.movement.march import March
from crowd.movement.tiles import Cells, Sheet, doubled

#: Records that all fields share: nothing is known yet; nothing of its own.
_NOT_YET, _NOTHING = 0, 1
#: So few people in a tile on average need not be sorted (assumed).
_FEW = 0.1
#: Cells that people at x, y [m] on a level read a field at.
_Look = Callable[[March | Detour, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


class Charts:
    """Times and directions of f fields by tile, filled in where somebody looks.

    Args:
        cells: the floor. shift: where neighbours on other planes lie. marches: of each field; None: it has nothing of
            its own but what `lay_over` gives it. measure: read ways by this measure off instead of times.
    """

    def __init__(
        self, cells: Cells, shift: Sheet, marches: Sequence[March | None], *, measure: int | None = None
    ) -> None:
        self.cells, self.shift, self.measure = cells, shift, measure
        self._marches: list[March | Detour | None] = list(marches)
        self._directory = np.full((len(marches), cells.tiles), _NOTHING, np.int32)
        self._follows = np.array([march is not None for march in marches], bool)
        self._directory[self._follows] = _NOT_YET
        # Time and vector of a cell lie beside each other, as people read them.
        self._values = np.full((2, AREA, 3), (np.nan, np.inf, np.inf))
        self._values[_NOTHING] = np.nan
        self._moves = np.zeros((2, AREA), np.uint8)
        self._free = np.empty(0, np.int64)

    def read(
        self, field: np.ndarray, facing: np.ndarray, x: np.ndarray, y: np.ndarray, level: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Direction and way left of people: ex, ey (n,), 0 where no way leads on, and the way (n,), inf there.

        Args:
            field: (n,) whose times and steps. facing: (n,) whose directions; where it has none, those of `field`.
            x, y: (n,) [m]. level: (n,).
        """
        ex, ey, way = self._sample(field, facing, x, y, level)
        new = np.flatnonzero(np.isnan(way))
        if new.size:
            mine = field[new], facing[new], x[new], y[new], level[new]
            self._learn_around(self._ahead, *mine)
            ex[new], ey[new], way[new] = self._sample(*mine)
        return ex, ey, way

    def read_beside(
        self, field: np.ndarray, x: np.ndarray, y: np.ndarray, level: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As `read`, from the cells around people, whatever stands between: for pockets of floor with no way on."""
        self._learn_around(self._beside, field, field, x, y, level)
        found: tuple[np.ndarray, np.ndarray, np.ndarray] = floor_field.sample_beside(
            field, self._directory, self._values, x, y, level, *self.cells.place
        )
        return found

    def _sample(
        self, field: np.ndarray, facing: np.ndarray, x: np.ndarray, y: np.ndarray, level: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """As `read`, the way nan where something is not yet known."""
        # Few people are looked at sooner than sorted into the tiles of a large map.
        order = np.arange(x.size)
        if x.size > _FEW * self.cells.tiles:
            order, _ = sort_into_cells(self.cells.keys(x, y, level) >> BITS, self.cells.tiles)
        found: tuple[np.ndarray, ...] = floor_field.sample(
            field, facing, self._directory, self._values, self._moves, self.shift.arrays, x, y, level, order,
            *self.cells.place,
        )  # fmt: skip
        return found

    def _learn_around(
        self, look: _Look, field: np.ndarray, facing: np.ndarray, x: np.ndarray, y: np.ndarray, level: np.ndarray
    ) -> None:
        """Learn what people see, arrays as for `read`."""
        wanted = {}
        for slot in np.unique((field, facing)):
            mine, march = (field == slot) | (facing == slot), self._marches[slot]
            if march is not None:
                wanted[int(slot)] = look(march, x[mine], y[mine], level[mine])
        self._learn(wanted)

    def _ahead(self, march: March | Detour, x: np.ndarray, y: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Cells that are stepped on from where people are."""
        found: np.ndarray = floor_field.cells_around(
            march.moves.arrays, self.shift.arrays, x, y, level, *self.cells.place
        )
        return found

    def _beside(self, march: March | Detour, x: np.ndarray, y: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Cells of people and the eight around each, whatever stands between."""
        cells = self.cells
        column = np.clip(((x - cells.x0) / cells.cell).astype(np.int64), 1, cells.nx - 2)
        row = np.clip(((y - cells.y0) / cells.cell).astype(np.int64), 1, cells.ny - 2)
        return np.concatenate([cells.at(column + dx, row + dy, level) for dx in (-1, 0, 1) for dy in (-1, 0, 1)])

    def _learn(self, wanted: Mapping[int, np.ndarray]) -> None:
        """Fill in what is known of the tiles of some cells when these are: fields and cells."""
        wanted = {slot: new for slot, cells in wanted.items() if (new := self._unknown(slot, cells)).size}
        marches = {slot: march for slot in wanted if (march := self._marches[slot]) is not None}
        far = [slot for slot, march in marches.items() if not march.knows(wanted[slot])]
        # A way round a crowd runs on a march that others ask too: one after the other.
        rounds = [slot for slot in far if not self._follows[slot]]
        fronts = [slot for slot in far if self._follows[slot]]
        with ThreadPoolExecutor(get_num_threads()) if len(fronts) > 1 else nullcontext() as threads:
            run = map if threads is None else threads.map
            list(run(lambda slot: marches[slot].reach(wanted[slot]), fronts))
        for slot in rounds:
            marches[slot].reach(wanted[slot])
        for slot, march in marches.items():
            self._fill_in(slot, march, np.unique(wanted[slot] >> BITS))

    def _unknown(self, slot: int, cells: np.ndarray) -> np.ndarray:
        """Those of some cells whose times in a field are not yet written down."""
        return cells[self._is_unknown(slot, self._directory[slot, cells >> BITS], cells)]

    def _is_unknown(self, field: np.ndarray | int, records: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Whether times of a field at cells, in these records, are not yet written down, but will be: (n,) bool."""
        some_day = self._follows[field] | (records == _NOT_YET)
        found: np.ndarray = some_day & np.isnan(self._times[records, cells & WITHIN])
        return found

    def _fill_in(self, slot: int, march: March | Detour, tiles: np.ndarray) -> None:
        """Write down what is known of some tiles of a field."""
        steps = march.moves
        new = tiles[self._directory[slot, tiles] == _NOT_YET]
        self._directory[slot, new] = self._records(new.size)
        at = self._directory[slot, tiles]
        march.tell(tiles, self._values, at, self.measure)
        self._moves[at] = steps.values[steps.directory[tiles]]

    @property
    def _times(self) -> np.ndarray:
        """Times of each record: (r, AREA)."""
        return self._values[:, :, 0]

    def _records(self, count: int) -> np.ndarray:
        """Free records: (count,)."""
        while self._free.size < count:
            first = len(self._values)
            self._free = np.concatenate((self._free, np.arange(first, 2 * first)))
            self._values, self._moves = doubled(self._values), doubled(self._moves)
        taken, self._free = self._free[:count], self._free[count:]
        return taken

    def _clear(self, slot: int, march: March | Detour) -> None:
        """Forget a field, and give it another."""
        own = self._directory[slot][self._directory[slot] > _NOTHING]
        self._free = np.concatenate((self._free, own))
        self._marches[slot] = march

    def follow(self, slot: int, march: March) -> None:
        """Give a field another march."""
        self._clear(slot, march)
        self._follows[slot], self._directory[slot] = True, _NOT_YET

    def lay_over(self, slot: int, detour: Detour) -> None:
        """Give a field nothing but the ways round a crowd that is seen."""
        self._clear(slot, detour)
        self._follows[slot], self._directory[slot] = False, _NOTHING
        self._directory[slot, detour.tiles] = _NOT_YET

    def times_at(self, field: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Times of some fields (n,) at cells (n,), nan where one has nothing of its own: (n,)."""
        while True:
            records = self._directory[field, cells >> BITS]
            unknown = np.flatnonzero(self._is_unknown(field, records, cells))
            if unknown.size == 0:
                found: np.ndarray = self._times[records, cells & WITHIN]
                return found
            slots = np.unique(field[unknown])
            self._learn({int(slot): cells[unknown[field[unknown] == slot]] for slot in slots})

"""Streams of numbers, against the plainest reader of their specification."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.engines.whoosh.format.packing import HIGH_BYTES, PLANES, WIDTHS, StreamPlan
from searchlib.engines.whoosh.format.unpacking import PackedStream, StreamDamaged

numbers = st.one_of(
    st.integers(0, 3), st.integers(0, 300), st.integers(0, 1 << 17), st.integers(0, (1 << 32) - 1), st.just(1_000_000)
)
streams = st.lists(numbers, min_size=1, max_size=300)


def pack(lists):
    values = np.array([value for numbers in lists for value in numbers], np.uint32)
    plan = StreamPlan(values, np.array([len(numbers) for numbers in lists], np.int64))
    starts = np.cumsum(plan.sizes) - plan.sizes
    out = np.full(int(plan.sizes.sum()), 0xAA, np.uint8)
    plan.write(out, starts)
    return out, starts, plan


def plain_read(data, count, code):
    """A stream read as docs/index-format.md says, number by number."""
    width, high_bytes = WIDTHS[code & 15], HIGH_BYTES[code >> 4]
    at, exceptions = 0, {}
    if high_bytes:
        blocks = -(-count // 128)
        counts, at = data[:blocks], blocks
        total = sum(counts)
        inside, highs = data[at : at + total], data[at + total : at + total + total * high_bytes]
        at += total + total * high_bytes
        owners = [block for block, times in enumerate(counts) for _ in range(times)]
        for i, (block, place) in enumerate(zip(owners, inside, strict=True)):
            high = int.from_bytes(highs[i * high_bytes : (i + 1) * high_bytes], "little")
            exceptions[block * 128 + place] = high << width
    values, shift = [0] * count, 0
    for plane in PLANES[code & 15]:
        bits = int.from_bytes(data[at : at + -(-count * plane // 8)], "little")
        for i in range(count):
            values[i] |= (bits >> i * plane & (1 << plane) - 1) << shift
        at += -(-count * plane // 8)
        shift += plane
    return [value | exceptions.get(i, 0) for i, value in enumerate(values)], at


@given(st.lists(streams, min_size=1, max_size=6))
def test_every_stream_reads_back_and_ends_where_it_says(lists):
    out, starts, plan = pack(lists)
    for values, start, size, code in zip(lists, starts.tolist(), plan.sizes.tolist(), plan.codes.tolist(), strict=True):
        stream = PackedStream(out, start, len(values), code)
        assert stream.all().tolist() == values
        assert stream.end == start + size


@given(streams)
def test_the_specification_is_enough_to_read_a_stream(values):
    out, _, plan = pack([values])
    assert plain_read(out.tobytes(), len(values), int(plan.codes[0])) == (values, len(out))


@given(streams, st.data())
def test_single_numbers_and_blocks_are_those_of_the_whole(values, data):
    out, _, plan = pack([values])
    stream = PackedStream(out, 0, len(values), int(plan.codes[0]))
    indices = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=20))
    assert stream.at(np.array(indices, np.int64)).tolist() == [values[i] for i in indices]
    blocks = sorted(data.draw(st.sets(st.integers(0, (len(values) - 1) // 128))))
    for number, block in zip(blocks, stream.block(np.array(blocks, np.intp)).tolist(), strict=True):
        wanted = values[number * 128 : number * 128 + 128]
        assert block[: len(wanted)] == wanted


@pytest.mark.parametrize("count", [1, 7, 8, 9, 127, 128, 129, 256, 257, 1000])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_width_at_every_edge(count, width):
    values = [(1 << width) - 1] * count
    out, _, plan = pack([values])
    stream = PackedStream(out, 0, count, int(plan.codes[0]))
    assert stream.all().tolist() == values
    assert len(out) <= -(-count * width // 8) + 3


def test_equal_gaps_of_nothing_take_no_bytes():
    out, _, _ = pack([[0] * 100_000])
    assert len(out) == 0


def test_one_large_number_does_not_widen_the_others():
    out, _, _ = pack([[1] * 1000 + [1 << 31]])
    assert len(out) < 1000 // 8 + 30


def test_what_is_written_does_not_depend_on_the_neighbours():
    streams_ = [[1, 2, 3], [70_000] * 130, list(range(200)), [0], [5] * 300 + [1 << 20]]
    together, starts, plan = pack(streams_)
    for values, start, size in zip(streams_, starts.tolist(), plan.sizes.tolist(), strict=True):
        assert pack([values])[0].tobytes() == together[start : start + size].tobytes()


@given(streams, st.integers(0, 400))
def test_a_stream_that_would_end_outside_is_damaged(values, cut):
    out, _, plan = pack([values])
    short = out[: max(len(out) - 1 - cut, 0)]
    if len(out):
        with pytest.raises(StreamDamaged):
            PackedStream(short, 0, len(values), int(plan.codes[0])).all()

"""The fast tests cover every room that is collected as a whole: all of them, in the whole suite."""


def test_every_room_has_fast_tests(fast_tests_by_room):
    assert [room for room, count in fast_tests_by_room.items() if not count] == []

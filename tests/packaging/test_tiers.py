"""The fast tests cover every room that is collected as a whole, and workers share no derivation."""


def test_every_room_has_fast_tests(fast_tests_by_room):
    assert [room for room, count in fast_tests_by_room.items() if not count] == []


def test_workers_have_tests_in_groups(request):
    """Without groups every worker derives and compiles everything: a third more time."""
    assert ("@" in request.node.nodeid) == hasattr(request.config, "workerinput")

import threading

import numpy as np

from sharvin.solvers.cache import Store, fingerprint


def test_fingerprints_tell_numbers_types_and_shapes_apart():
    a = np.arange(6.0)
    assert fingerprint(a) == fingerprint(a.copy())
    assert fingerprint(a) == fingerprint(np.arange(12.0)[::2] / 2)  # not contiguous
    others = [
        a + 1e-16 + 1e-15,
        a.reshape(2, 3),
        a.reshape(3, 2),
        a.astype(complex),
        a.astype(np.float32),
        a[:5],
    ]
    assert len({fingerprint(a), *(fingerprint(other) for other in others)}) == 7
    assert fingerprint(a, a[:2]) != fingerprint(a[:2], a)


def test_an_entry_is_made_once():
    made = []
    store = Store(10, lambda entry: 1)
    for _ in range(3):
        assert store.get("key", lambda: made.append(1) or "value") == "value"
    assert made == [1]
    store.clear()
    store.get("key", lambda: made.append(1) or "value")
    assert made == [1, 1]


def test_memory_is_bounded_and_the_oldest_goes_first():
    made = []
    store = Store(3, lambda entry: 1)

    def ask(key):
        return store.get(key, lambda: made.append(key) or key)

    for key in "abcabd":  # c has waited longest when d comes
        ask(key)
    assert made == ["a", "b", "c", "d"]
    ask("a")
    ask("c")
    assert made == ["a", "b", "c", "d", "c"]


def test_what_is_too_large_is_not_kept():
    made = []
    store = Store(3, len)
    for _ in range(2):
        assert store.get("big", lambda: made.append(1) or "12345") == "12345"
    assert made == [1, 1]


def test_what_is_too_large_is_kept_alone_where_that_is_asked_for():
    made = []
    store = Store(3, len, alone=True)
    for name in ("1", "12345", "12345", "1"):
        assert store.get(name, lambda name=name: made.append(name) or name) == name
    assert made == ["1", "12345", "1"]


def test_threads_share_a_store():
    store = Store(50, lambda entry: 1)
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for key in rng.integers(0, 80, 400).tolist():
            if store.get(key, lambda key=key: key * 2) != key * 2:
                wrong.append(key)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

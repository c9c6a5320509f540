import unittest

from intervals import merge_intervals


class MergeIntervals(unittest.TestCase):
    def test_keeps_what_is_apart(self):
        self.assertEqual(merge_intervals([(5, 6), (1, 2)]), [(1, 2), (5, 6)])

    def test_merges_what_overlaps(self):
        self.assertEqual(merge_intervals([(1, 4), (3, 6)]), [(1, 6)])

    def test_merges_what_touches(self):
        self.assertEqual(merge_intervals([(1, 2), (2, 3)]), [(1, 3)])

    def test_keeps_the_longer_of_nested_ones(self):
        self.assertEqual(merge_intervals([(1, 9), (2, 3)]), [(1, 9)])


if __name__ == "__main__":
    unittest.main()

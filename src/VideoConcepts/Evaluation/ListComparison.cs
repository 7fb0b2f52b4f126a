using VideoConcepts.Data;
using VideoConcepts.Distributed;
using VideoConcepts.Training;

namespace VideoConcepts.Evaluation;

/// <summary>Looks for copies of videos, and says what was found.</summary>
internal static class ListComparison
{
    extension(WorkContext work)
    {
        /// <summary>Which videos of the lists are the same.</summary>
        public VideoContents Compare(CancellationToken stop, params IReadOnlyList<IReadOnlyList<VideoEntry>> lists)
        {
            IReadOnlyList<VideoEntry>[] different = [.. lists.Distinct()];
            return work.Track("look for copies", different.Sum(list => list.Count),
                bar => VideoContents.Of(different, (done, total) => bar(done, $"{done} of {total} videos"), stop,
                keep: Launch.LocalRank == 0));
        }

        /// <summary>What a query does not search; says how many have copies and which ranks, up to the largest that
        /// is shown, are left out.</summary>
        public OwnVideo OwnVideos(FeatureTable queries, FeatureTable gallery, VideoContents contents,
            int largest = int.MaxValue)
        {
            OwnVideo own = OwnVideo.Of(queries.Videos, gallery.Videos, contents);
            if (own.Searched < 1)
                throw new BadInputException(
                    $"{gallery.Videos[0].ListFile}: a query has nothing to search but copies of itself; give a list "
                    + "with more different videos.");
            string?[] lines = [ListRules.Copies(own, queries.Rows), ListRules.MissingCutoffs(own.Searched, largest)];
            foreach (string line in lines.OfType<string>()) work.Say(line);
            return own;
        }

        /// <summary>
        /// A classifier is not tested on videos that it learned from, as far as its lists are still there.
        /// </summary>
        /// <param name="checkpoint">The classifier's file.</param>
        /// <param name="test">The list to test on.</param>
        /// <param name="stop">Stops looking.</param>
        /// <exception cref="BadInputException">It learned from one of them.</exception>
        public void RefuseTrained(string checkpoint, VideoList test, CancellationToken stop)
        {
            IReadOnlyList<VideoList> learned = Checkpoint.TrainingLists(checkpoint);
            VideoContents contents = work.Compare(stop, [test.Videos, .. learned.Select(list => list.Videos)]);
            foreach (VideoList list in learned) ListRules.NoOverlap(list, test, contents);
            if (learned.Count == 0)
                work.Say($"the list that {checkpoint} was trained on is not there any more: {test.File} was not "
                    + "compared with it");
        }
    }
}

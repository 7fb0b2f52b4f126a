namespace VideoConcepts.Data.Preparation;

/// <summary>A user's own folder: videos.csv, and with one sub-folder per class labelled.csv.</summary>
internal static class FolderDataset
{
    public static DatasetPlan Plan(PreparationOptions options)
    {
        FoundVideos found = VideoFolder.Search(options.Videos, options.Output);
        IReadOnlyList<SourceVideo> videos = found.Videos;
        IReadOnlyList<string> classes =
            options.ClassList is { } list ? ClassNames.Read(list, videos) : ClassNames.Of(videos);
        List<PlannedList> lists = [new("videos.csv", false, [.. videos.Select(video => new ListedVideo(video, null))])];
        if (classes.Count > 0)
        {
            var index = ClassNames.Index(classes);
            lists.Add(new("labelled.csv", true,
                [.. videos.Select(video => new ListedVideo(video, index[video.Class!]))]));
        }
        return new DatasetPlan(videos, classes, lists, [], 0) { LeftOut = found.LeftOut, Others = found.Others };
    }
}

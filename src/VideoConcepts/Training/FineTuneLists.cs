using VideoConcepts.Data;
using VideoConcepts.Files;

namespace VideoConcepts.Training;

/// <summary>
/// The lists that a classifier is trained on and chosen by: copies of a part of the user's list, in the folder of the
/// run under names of their own, with a record of the weights and the list that they belong to.
/// </summary>
internal static class FineTuneLists
{
    public const string TrainName = "finetune-train.csv", HeldOutName = "finetune-held-out.csv",
        RecordName = "finetune.json";

    // Where earlier versions kept the hash of the weights, beside train.csv and held_out.csv.
    private const string EarlierRecord = "source.sha256";

    /// <summary>Checks that the folder is that of this training or holds none, and writes the lists.</summary>
    /// <param name="locked">The run's folder, held by this process.</param>
    /// <param name="weights">What the classifier begins with; null: random weights.</param>
    /// <param name="list">The user's list.</param>
    /// <param name="train">Videos to train on.</param>
    /// <param name="heldOut">Videos to choose the best epoch by; may be none.</param>
    /// <returns>Paths of the lists; null for one that has no videos.</returns>
    /// <exception cref="BadInputException">The folder holds something else; nothing was written.</exception>
    public static (string Train, string? HeldOut) Write(RunFolder locked, string? weights, string list,
        IReadOnlyList<VideoEntry> train, IReadOnlyList<VideoEntry> heldOut)
    {
        string folder = locked.Folder, hash = weights is null ? "random" : FileHash.Of(weights);
        string trainFile = Path.Combine(folder, TrainName), heldFile = Path.Combine(folder, HeldOutName);
        var origin = new Origin("the training of a classifier",
            [new Source("checkpoint", hash), Source.File("train_csv", list)]);
        InputFile[] inputs = [new("‹train_csv›", list), .. weights is null ? (InputFile[])[]
            : [new InputFile("the checkpoint", weights)]];
        OutputSet files = OutputSet.Claim(origin, Path.Combine(folder, RecordName), [trainFile, heldFile], inputs);
        locked.Claim(inputs, RunFolder.HoldsRun(folder) ? RunFolder.FileOf(folder) : null);
        byte[] rows = Rows(trainFile, train);
        if (RunFolder.HoldsRun(folder)) CheckRun(folder, hash, FileHash.OfBytes(rows));
        files.Write([],
            [(trainFile, rows), .. heldOut.Count > 0 ? [(heldFile, Rows(heldFile, heldOut))] : ((string, byte[])[])[]]);
        return (trainFile, heldOut.Count > 0 ? heldFile : null);
    }

    private static void CheckRun(string folder, string weights, string list)
    {
        string earlier = Path.Combine(folder, EarlierRecord);
        if (!File.Exists(Path.Combine(folder, RecordName)))
        {
            if (!File.Exists(earlier))
                throw new BadInputException(
                    $"‹out› {folder}: holds a run that is no training of a classifier; choose another folder.");
            if (File.ReadAllText(earlier).Trim() != weights)
                throw new BadInputException(
                    $"‹out› {folder}: holds a classifier that began with other weights; choose another folder.");
        }
        if (RunFolder.Newest(folder) is { } checkpoint && Checkpoint.ReadRun(checkpoint).Run.ListHash != list)
            throw new BadInputException(
                $"‹out› {folder}: holds a classifier that was trained on other videos, another share of them, or "
                + "videos that lay elsewhere; choose another folder.");
    }

    private static byte[] Rows(string file, IEnumerable<VideoEntry> videos) =>
        VideoList.ToBytes(file, videos.Select(v => new VideoRow(v.Path, v.FrameCount, v.Label)));
}

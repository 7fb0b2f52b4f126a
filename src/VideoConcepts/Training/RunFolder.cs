using System.Globalization;
using System.Text.RegularExpressions;
using VideoConcepts.Files;

namespace VideoConcepts.Training;

/// <summary>
/// The folder of a run: checkpoint.safetensors is the newest checkpoint, checkpoint-STEP.safetensors are those before
/// it. Only one run at a time may be at work in it.
/// </summary>
internal sealed partial class RunFolder : IDisposable
{
    /// <summary>The checkpoint whose R@1 on --eval_csv was highest.</summary>
    public const string BestFileName = "best.safetensors";

    private const string NextName = Checkpoint.FileName + ".next"; // what is being saved

    private readonly string _folder;
    private readonly int _keep;
    private readonly FileStream _lock;
    private string? _newest; // the checkpoint that the run stands at
    private long? _newestStep; // of checkpoint.safetensors, if it is whole and of this run

    /// <exception cref="BadInputException">Another run is at work there, or it cannot be written to.</exception>
    public RunFolder(string folder, int keep)
    {
        OutputFolder.Open(folder, "‹out›");
        (_folder, _keep) = (folder, keep);
        string held = Path.Combine(folder, ".train.lock");
        // The lock of a run is empty, and goes with it.
        if (FileStatus.Of(held, follow: false) is { } there && there is not { Kind: FileKind.Regular, Length: 0 })
            throw OutputSet.Foreign(held, "training");
        try
        {
            _lock = new FileStream(held, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1,
                FileOptions.DeleteOnClose);
        }
        catch (IOException e) when (FileInUse.Says(e))
        {
            throw new BadInputException(
                $"‹out› {folder}: another run is at work in this folder; wait for it or choose another one.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                $"‹out› {folder}: cannot be locked for this run ({e.Message.TrimEnd('.')}); mend that or choose "
                + "another folder.", e);
        }
    }

    /// <summary>Its path.</summary>
    public string Folder => _folder;

    /// <summary>
    /// The newest checkpoint that is whole, or null: checkpoint.safetensors, then checkpoint-STEP.safetensors from the
    /// highest step down.
    /// </summary>
    /// <param name="say">Told of each damaged one that is passed over.</param>
    public static string? Newest(string folder, Action<string>? say = null)
    {
        foreach (string file in (IEnumerable<string>)[Path.Combine(folder, Checkpoint.FileName), .. Earlier(folder)])
        {
            if (!File.Exists(file)) continue;
            try
            {
                SafeTensors.Verify(file);
                return file;
            }
            catch (BadInputException e)
            {
                say?.Invoke(e.Message);
            }
        }
        return null;
    }

    /// <summary>The checkpoint that a path names: the file itself, the newest whole one of a run's folder, or weights
    /// that come with the program.</summary>
    public static string FileOf(string path, Action<string>? say = null) => Directory.Exists(path) ? Newest(path, say)
        ?? Path.Combine(path, Checkpoint.FileName) : File.Exists(path) ? path : PretrainedWeights.Find(path) ?? path;

    /// <summary>Whether a folder has a checkpoint in it, damaged or not.</summary>
    public static bool HoldsRun(string folder) =>
        Directory.Exists(folder)
        && (File.Exists(Path.Combine(folder, Checkpoint.FileName)) || Earlier(folder).Count > 0);

    /// <summary>
    /// Before a run writes: nothing that it will write takes the place of a file that it reads, of another run, or of a
    /// file that no run made.
    /// </summary>
    /// <param name="inputs">Files that the run reads.</param>
    /// <param name="goesOnFrom">The checkpoint of this folder that it goes on from, or null.</param>
    /// <exception cref="BadInputException">It would; nothing was changed.</exception>
    public void Claim(IEnumerable<InputFile> inputs, string? goesOnFrom) => Check(_folder, inputs, goesOnFrom);

    /// <summary>As <see cref="Claim"/>, before the folder is taken.</summary>
    public static void Check(string folder, IEnumerable<InputFile> inputs, string? goesOnFrom = null)
    {
        string best = Path.Combine(folder, BestFileName), description = Path.Combine(folder, RunDescription.FileName);
        string metrics = Path.Combine(folder, MetricsLog.FileName),
            events = Path.Combine(folder, TensorBoardLog.FolderName);
        if (goesOnFrom is null && HoldsRun(folder)) throw HoldsAnother(folder);
        foreach (InputFile input in inputs) RefuseInput(folder, input);
        if (OutputSet.IsTaken(best))
        {
            if (goesOnFrom is null) throw OutputSet.Foreign(best, "this run");
            if (!IsOfSameRun(best, goesOnFrom))
                throw new BadInputException(
                    $"{best}: is no whole checkpoint of the run in this folder; move it away to go on without it.");
        }
        if (OutputSet.IsTaken(description) && !RunDescription.IsOne(description))
            throw OutputSet.Foreign(description, "training");
        if (OutputSet.IsTaken(metrics) && !MetricsLog.IsOne(metrics)) throw OutputSet.Foreign(metrics, "training");
        if (OutputSet.IsTaken(events) && !Directory.Exists(events)) throw OutputSet.Foreign(events, "training");
    }

    /// <summary>What a run reads is none of the files that it writes.</summary>
    /// <exception cref="BadInputException">It is.</exception>
    private static void RefuseInput(string folder, InputFile input) =>
        OutputSet.RefuseInputs([.. ((string[])[Checkpoint.FileName, NextName, BestFileName, RunDescription.FileName,
            MetricsLog.FileName]).Select(name => Path.Combine(folder, name))], [input]);

    /// <summary>The error for a folder that a new run must leave alone.</summary>
    private static BadInputException HoldsAnother(string folder) =>
        new($"‹out› {folder}: holds a run already; go on with it by ‹resume› auto, or choose another folder.");

    private static bool IsOfSameRun(string a, string b)
    {
        try
        {
            return RunIdentity.Of(a) == RunIdentity.Of(b);
        }
        catch (BadInputException)
        {
            return false; // not a checkpoint
        }
    }

    /// <summary>
    /// Writes a checkpoint under its name only when it is whole. The one before gets the name of its step, and what is
    /// more than is to be kept goes.
    /// </summary>
    /// <param name="step">Steps done.</param>
    /// <param name="write">Writes the file of the given path.</param>
    /// <exception cref="TrainingFailedException">The disk does not take it; what was there is as it was.</exception>
    public void Save(long step, Action<string> write)
    {
        string newest = Path.Combine(_folder, Checkpoint.FileName), next = Path.Combine(_folder, NextName);
        try
        {
            write(next);
            if (_keep > 1 && _newestStep is { } before && before != step && File.Exists(newest))
                File.Move(newest, EarlierName(before), overwrite: true);
            File.Move(next, newest, overwrite: true);
            (_newest, _newestStep) = (newest, step);
            foreach (string old in Earlier(_folder).Skip(_keep - 1)) File.Delete(old);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(next);
            throw TrainingFailedException.NotSaved(newest, e);
        }
    }

    /// <summary>
    /// Copies the checkpoint that the run stands at, the newest or the one that it went on from, to best.safetensors.
    /// </summary>
    /// <exception cref="TrainingFailedException">The disk does not take it; the one before is as it was.</exception>
    public void KeepAsBest()
    {
        string best = Path.Combine(_folder, BestFileName);
        try
        {
            using FileStream checkpoint = File.OpenRead(_newest
                ?? throw new InvalidOperationException("Nothing has been saved."));
            AsideFile.Write(best, checkpoint.CopyTo);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TrainingFailedException.NotSaved(best, e);
        }
    }

    /// <summary>
    /// Goes on from a checkpoint in this folder. What lies there of later steps goes: damaged ones, or those of another
    /// way on.
    /// </summary>
    public void Continue(string checkpoint, long step)
    {
        _newest = checkpoint;
        // else it is damaged, and the next one takes its place
        if (Path.GetFileName(checkpoint) == Checkpoint.FileName) _newestStep = step;
        foreach (string later in Earlier(_folder).Where(file => StepOf(file) > step)) File.Delete(later);
    }

    public void Dispose() => _lock.Dispose();

    private string EarlierName(long step) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"checkpoint-{step:D9}.safetensors"));

    private static List<string> Earlier(string folder) =>
        [
            .. Directory.EnumerateFiles(folder, "checkpoint-*.safetensors")
                .Where(file => EarlierFile().IsMatch(Path.GetFileName(file)))
                .OrderByDescending(StepOf),
        ];

    private static long StepOf(string file) =>
        long.Parse(EarlierFile().Match(Path.GetFileName(file)).Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^checkpoint-(\d{1,18})\.safetensors$")]
    private static partial Regex EarlierFile();
}

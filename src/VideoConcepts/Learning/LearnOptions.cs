using System.Text.Json.Nodes;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Training;

namespace VideoConcepts.Learning;

/// <summary>A folder of videos to be learned from, and how much time there is.</summary>
public sealed record LearnOptions
{
    internal const double DefaultMinutes = 30;

    /// <summary>The folder of the videos, in whatever sub-folders and formats.</summary>
    public required string Videos { get; init; }

    /// <summary>Folder for frames, model and report; made if needed.</summary>
    public required string Out { get; init; }

    /// <summary>Minutes for training and the report; taking the videos' frames comes before, and is not counted.
    /// </summary>
    public double Minutes { get; init; } = DefaultMinutes;

    /// <summary>
    /// Options of <see cref="TrainOptions"/> that are not to be chosen, by their keys in recipes, such as <c>epoch</c>.
    /// </summary>
    public IReadOnlyDictionary<string, JsonNode?> Given { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>Share of a video's frames, 0 to below 1, that may be damaged; see <see cref="FrameOptions"/>.</summary>
    public double Tolerate { get; init; }

    /// <summary>Videos whose frames are taken at a time.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>The ffmpeg program or its folder; null: on PATH.</summary>
    public string? Ffmpeg { get; init; }

    /// <summary>What made it, as the report shall say; null: nothing is said.</summary>
    public string? Command { get; init; }
}

/// <summary>Told how learning from a folder goes, beside what is told of every training.</summary>
public interface ILearnObserver : ITrainingObserver
{
    /// <summary>When the frames are taken; not where that was done before.</summary>
    void Prepared(PreparationResult result) { }

    /// <summary>Before training begins.</summary>
    void Chosen(IReadOnlyList<LearnChoice> choices) { }
}

/// <summary>An option of training, what it was given, and why.</summary>
/// <param name="Option">Its key in recipes.</param>
/// <param name="Value">As text.</param>
/// <param name="Reason">One line.</param>
public sealed record LearnChoice(string Option, string Value, string Reason);

using System.Text.Json.Serialization;

namespace VideoConcepts.Search;

/// <summary>
/// How a library was made: by which model, and how videos were cut into moments. All of it stays as it is while a
/// library lives, but for <see cref="Root"/>.
/// </summary>
public sealed record LibraryHeader
{
    /// <summary>The model, as it was named when the library was made.</summary>
    public required string Model { get; init; }

    /// <summary>Where its weights were; null: they come with the program.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The same from the library's folder, where both lie in one that may be moved; null: it does not tell.
    /// </summary>
    public string? CheckpointBeside { get; init; }

    /// <summary>SHA-256 of the weights, 64 hexadecimal digits: what tells one model from another.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Its network.</summary>
    public required string Net { get; init; }

    /// <summary>Numbers that it computed with, see <see cref="Evaluation.EncoderOptions.Precision"/>.</summary>
    public required string Precision { get; init; }

    /// <summary>T, frames that the network sees of a moment.</summary>
    public required int Frames { get; init; }

    /// <summary>Distance of those frames.</summary>
    public required int FrameStride { get; init; }

    /// <summary>Frames from the beginning of a moment to that of the next one, a multiple of
    /// <see cref="FrameStride"/>.</summary>
    public required int Step { get; init; }

    /// <summary>Height and width of what the network sees, in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>Height of a frame in the strips of pictures, in pixels; 0: there are none.</summary>
    public required int StripHeight { get; init; }

    /// <summary>Moments per forward pass.</summary>
    public required int Batch { get; init; }

    /// <summary>Numbers of the part that tells how a moment looks.</summary>
    public required int LookSize { get; init; }

    /// <summary>Numbers of the part that tells how things move in it: a feature, and the shares of the dynamic
    /// concepts, each a unit vector; 0: the model tells how moments look alone.</summary>
    public required int MotionSize { get; init; }

    /// <summary>D, numbers of the backbone's feature.</summary>
    public required int FeatureSize { get; init; }

    /// <summary>K, concepts of each kind; 0 of a model without concepts.</summary>
    public required int Concepts { get; init; }

    /// <summary>How a model of another program takes moments; null: it is a network of this one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModelInput? Input { get; init; }

    /// <summary>Whether vectors are kept as float16 rather than float32.</summary>
    public required bool Half { get; init; }

    /// <summary>The folder that the paths of the videos start from.</summary>
    public required string Root { get; init; }

    /// <summary>Frames a second of videos that are lists of frames: those have no time stamps.</summary>
    public double FramesPerSecond { get; init; } = 25;

    /// <summary>Frames that a moment reaches over.</summary>
    [JsonIgnore]
    public int Span => Frames * FrameStride;
}

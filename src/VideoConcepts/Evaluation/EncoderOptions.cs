using VideoConcepts.Training;

namespace VideoConcepts.Evaluation;

/// <summary>How videos are cut into windows for a trained network, and where it computes.</summary>
public record EncoderOptions
{
    /// <summary>T, frames per window; null: as trained.</summary>
    public int? Frames { get; init; }

    /// <summary>Height and width of windows in pixels; null: the preset's, or as trained.</summary>
    public int? Size { get; init; }

    /// <summary>Distance of the frames of a window; null: 1, or as a classifier was trained.</summary>
    public int? FrameStride { get; init; }

    /// <summary>Windows per video, spread evenly; null: the preset's; CoCLR's: all, every T/2 - 1 frames.</summary>
    public int? Windows { get; init; }

    /// <summary>Windows per forward pass.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Threads that decode.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Numbers that networks compute with: auto, full, channels-last or bfloat16; null: float32, and of
    /// networks that are trained auto.</summary>
    public string? Precision { get; init; }

    /// <summary>Where networks compute: auto (a GPU if there is one), cpu, cuda or cuda:n.</summary>
    public string Device { get; init; } = ComputeDevice.Default;
}

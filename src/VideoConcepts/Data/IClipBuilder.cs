namespace VideoConcepts.Data;

/// <summary>
/// Turns one video into the augmented 8-bit pictures that an objective makes its views of: C clips of T frames and S
/// static frames, all (3, H, W). Immutable and shared by all loader threads.
/// </summary>
internal interface IClipBuilder
{
    /// <summary>C, clips of a video.</summary>
    int Clips { get; }

    /// <summary>S, static frames of a video.</summary>
    int Stills => 0;

    /// <summary>T, frames of a clip.</summary>
    int Frames { get; }

    /// <summary>H = W, in pixels.</summary>
    int Size { get; }

    /// <summary>A video is used only if it has more frames than this.</summary>
    int FramesNeeded { get; }

    /// <summary>What builds the clips of a step of the run, from 0: itself where all steps are alike.</summary>
    IClipBuilder At(long step) => this;

    /// <summary>Decodes and augments.</summary>
    /// <param name="video">The video.</param>
    /// <param name="reader">Of the calling thread.</param>
    /// <param name="random">All draws.</param>
    /// <param name="clips">Where C·T·3·H·W bytes are written, row-major (C, T, 3, H, W).</param>
    /// <param name="stills">Where S·3·H·W bytes are written, (S, 3, H, W).</param>
    /// <exception cref="BadInputException">A frame cannot be read, or differs in size from the video's first
    /// one.</exception>
    void Build(VideoEntry video, IFrameReader reader, ref RandomStream random, Span<byte> clips, Span<byte> stills);
}

internal static class ClipBuilderSizes
{
    extension(IClipBuilder builder)
    {
        /// <summary>Bytes of one frame, 3·H·W.</summary>
        public int FrameLength => checked(3 * builder.Size * builder.Size);

        /// <summary>Bytes of a video's clips, C·T·3·H·W.</summary>
        public int ClipsLength => checked(builder.Clips * builder.Frames * builder.FrameLength);

        /// <summary>Bytes of a video's static frames, S·3·H·W.</summary>
        public int StillsLength => checked(builder.Stills * builder.FrameLength);
    }
}

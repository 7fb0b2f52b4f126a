namespace VideoConcepts.Data;

/// <summary>
/// Turns one video into the views that an objective needs: V views of shape (3, T, H, W). Immutable and shared by
/// all loader threads.
/// </summary>
public interface IViewBuilder
{
    /// <summary>V, the number of views of a video.</summary>
    int Views { get; }

    /// <summary>T, frames per view.</summary>
    int Frames { get; }

    /// <summary>H = W, in pixels.</summary>
    int Size { get; }

    /// <summary>A video is used only if it has more frames than this.</summary>
    int FramesNeeded { get; }

    /// <summary>Writes V·3·T·H·W floats, row-major, normalised.</summary>
    void Build(VideoEntry video, IFrameReader reader, ref RandomStream random, Span<float> destination);
}

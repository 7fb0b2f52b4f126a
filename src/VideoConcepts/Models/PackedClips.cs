using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>
/// Clips, and behind them stills: clips of one frame repeated, of which each distinct frame is computed once. After k
/// convolutions over time of three frames with zeros around them, the frames of a still differ in the first k and the
/// last k only, so 2k + 1 frames stand for all, the middle one for T - 2k. Layers see one clip
/// (1, C, Pictures, H, W) of all pictures in a row, and while this lives, those of this thread heed where clips begin
/// and how often a picture counts. The results are those of whole clips.
/// </summary>
internal sealed class PackedClips : IDisposable
{
    [ThreadStatic]
    private static PackedClips? s_current;

    private readonly PackedClips? _before = s_current;
    private readonly long _clips, _frames, _stills, _edge;

    /// <param name="clips">How many of all frames.</param>
    /// <param name="frames">T.</param>
    /// <param name="stills">How many of one.</param>
    /// <param name="edge">k, the convolutions over time that the pictures pass.</param>
    public PackedClips(long clips, long frames, long stills, int edge)
    {
        (_clips, _frames, _stills, _edge) = (clips, frames, stills, edge);
        s_current = this;
    }

    /// <summary>That of this thread now; null: whole clips.</summary>
    public static PackedClips? Current => s_current;

    /// <summary>How many there are of all clips and stills.</summary>
    public long Pictures => (_clips * _frames) + (_stills * Length);

    /// <summary>Numbers of a channel in all frames of all clips, those not computed included.</summary>
    /// <param name="picture">Numbers of a channel in one.</param>
    public double Count(long picture) => (double)(_clips + _stills) * _frames * picture;

    private long Length => (2 * _edge) + 1;

    /// <summary>Whether a third of the frames or more need not be computed.</summary>
    public static bool Saves(long frames, int edge) => 3 * ((2 * edge) + 1) <= 2 * frames;

    /// <summary>While it lives, another one holds, or none.</summary>
    public static IDisposable Again(PackedClips? other) => new Restored(other);

    /// <summary>(clips, C, T, H, W) and (stills, C, H, W) → (1, C, Pictures, H, W), channels last in memory.</summary>
    public Tensor Pack(Tensor clips, Tensor stills)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor repeated = stills.permute(0, 2, 3, 1).unsqueeze(1).expand(-1, Length, -1, -1, -1);
        Tensor all = cat([clips.permute(0, 2, 3, 4, 1).flatten(0, 1), repeated.flatten(0, 1)], 0);
        return all.unsqueeze(0).permute(0, 4, 1, 2, 3).MoveToOuterDisposeScope();
    }

    /// <summary>(1, C, Pictures, H, W) → (clips + stills, C, T, H, W), channels last in memory.</summary>
    public Tensor Unpack(Tensor packed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = Parts(packed.permute(0, 2, 3, 4, 1)); // (n, frames, H, W, C)
        Tensor middle = parts[1].narrow(1, _edge, 1).expand(-1, _frames - (2 * _edge), -1, -1, -1);
        Tensor stills = cat([parts[1].narrow(1, 0, _edge), middle, parts[1].narrow(1, _edge + 1, _edge)], 1);
        return cat([parts[0], stills], 0).permute(0, 4, 1, 2, 3).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Clips and stills of a row of pictures: (1, Pictures, …) → (clips, T, …) and (stills, 2k + 1, …).
    /// </summary>
    public Tensor[] Parts(Tensor pictures)
    {
        // Of parts that are split the gradient is one copy; of parts that are cut out singly, each would be a whole.
        Tensor[] parts = pictures.squeeze(0).split([_clips * _frames, _stills * Length], 0);
        return [parts[0].unflatten(0, _clips, _frames), parts[1].unflatten(0, _stills, Length)];
    }

    /// <summary>The reverse of <see cref="Parts"/>.</summary>
    public static Tensor Row(IEnumerable<Tensor> parts) =>
        cat([.. parts.Select(part => part.flatten(0, 1))], 0).unsqueeze(0);

    /// <summary>Pictures that follow each other and count equally often.</summary>
    public IEnumerable<(long First, long Count, double Weight)> Runs()
    {
        long at = _clips * _frames;
        yield return (0, at, 1);
        for (long still = 0; still < _stills; still++, at += Length)
        {
            yield return (at, _edge, 1);
            yield return (at + _edge, 1, _frames - (2 * _edge));
            yield return (at + _edge + 1, _edge, 1);
        }
    }

    public void Dispose() => s_current = _before;

    private sealed class Restored : IDisposable
    {
        private readonly PackedClips? _before = s_current;

        public Restored(PackedClips? other) => s_current = other;

        public void Dispose() => s_current = _before;
    }
}

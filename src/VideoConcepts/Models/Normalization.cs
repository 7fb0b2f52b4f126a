using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>What networks see of 8-bit pixels: ImageNet mean and standard deviation taken out, in float32.</summary>
internal static class Normalization
{
    public static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    public static readonly float[] Std = [0.229f, 0.224f, 0.225f];

    /// <summary>8-bit pixels (…, 3, H, W) → normalised ones of the same shape, float32.</summary>
    public static Tensor Of(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        Tensor normalised = pixels.to(float32);
        Apply(normalised);
        return normalised.MoveToOuterDisposeScope();
    }

    /// <summary>8-bit clips (N, T, 3, H, W) → normalised ones as a network takes them, (N, 3, T, H, W).</summary>
    public static Tensor Clips(Tensor pixels)
    {
        using Tensor normalised = Of(pixels);
        return normalised.transpose(-4, -3);
    }

    /// <summary>Normalises levels 0 … 255, (…, 3, H, W), in place.</summary>
    internal static void Apply(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        pixels.mul_(Channels(c => 1f / (255f * Std[c]), pixels.device));
        pixels.add_(Channels(c => -Mean[c] / Std[c], pixels.device));
    }

    /// <summary>Levels 0 … 255 of normalised pixels (…, 3, H, W).</summary>
    internal static Tensor Levels(Tensor normalised)
    {
        using var scope = NewDisposeScope();
        return (normalised * Channels(c => 255f * Std[c], normalised.device))
            .add_(Channels(c => 255f * Mean[c], normalised.device)).MoveToOuterDisposeScope();
    }

    private static Tensor Channels(Func<int, float> of, Device device) =>
        tensor((float[])[of(0), of(1), of(2)], device: device).view(3, 1, 1);
}

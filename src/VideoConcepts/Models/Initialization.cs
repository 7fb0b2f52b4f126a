using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

/// <summary>
/// Fresh weights from a seed: convolutions Kaiming-normal (fan-out, gain √2), linear layers, prototypes and the
/// multi-level method's own convolutions uniform ±1/√fan_in, norms 1 and 0, fc of R(2+1)D and of classifiers N(0, 0.01)
/// with bias 0. Source: docs/method.md.
/// </summary>
internal static class Initialization
{
    public static void Fill(nn.Module model, long seed)
    {
        using var generator = new Generator((ulong)seed, CPU);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach ((string _, nn.Module module) in model.named_modules().Prepend(("", model)))
        {
            switch (module)
            {
                case Convolution convolution:
                    Tensor w = convolution.weight;
                    w.normal_(0, Math.Sqrt(2.0 / (w.shape[0] * w.shape[2] * w.shape[3] * w.shape[4])), generator);
                    break;
                case Linear linear:
                    double bound = 1 / Math.Sqrt(linear.weight!.shape[1]);
                    linear.weight.uniform_(-bound, bound, generator);
                    linear.bias?.uniform_(-bound, bound, generator);
                    break;
                case TimeProjection projection:
                    double bound1 = 1 / Math.Sqrt(projection.weight.shape[1]);
                    projection.weight.uniform_(-bound1, bound1, generator);
                    projection.bias.uniform_(-bound1, bound1, generator);
                    break;
                case Conv2d plane: // of motion excitation
                    double bound2 = 1 / Math.Sqrt(
                        plane.weight.shape[1] * plane.weight.shape[2] * plane.weight.shape[3]);
                    plane.weight.uniform_(-bound2, bound2, generator);
                    break;
            }
        }
        foreach (Classifier classifier in model.modules().Append(model).OfType<Classifier>())
        {
            classifier.final_fc.weight!.normal_(0, 0.01, generator);
            classifier.final_fc.bias!.zero_();
        }
        foreach (R2Plus1D net in model.modules().Append(model).OfType<R2Plus1D>())
        {
            net.fc.weight!.normal_(0, 0.01, generator);
            net.fc.bias!.zero_();
        }
        foreach ((string name, Tensor buffer) in model.named_buffers())
            if (name is "queue") buffer.normal_(0, 1, generator);
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace VideoConcepts.Models;

// N clips, L = t·h·w positions, K' templates, D features.

/// <summary>
/// One iteration of cross-attention from concept templates to the positions of a feature map.
/// Source: docs/method.md.
/// </summary>
internal sealed class LocalConceptAttention : nn.Module<Tensor, Tensor, Tensor>
{
    public readonly Linear project_q, project_k, project_v;
    public readonly LayerNorm norm_inputs, norm_templates, norm_mlp;
    public readonly Sequential mlp;
    private readonly double _scale;

    public LocalConceptAttention(int features) : base(nameof(LocalConceptAttention))
    {
        project_q = nn.Linear(features, features, hasBias: false, device: ShapesOnly.Device);
        project_k = nn.Linear(features, features, hasBias: false, device: ShapesOnly.Device);
        project_v = nn.Linear(features, features, hasBias: false, device: ShapesOnly.Device);
        norm_inputs = nn.LayerNorm(features, device: ShapesOnly.Device);
        norm_templates = nn.LayerNorm(features, device: ShapesOnly.Device);
        norm_mlp = nn.LayerNorm(features, device: ShapesOnly.Device);
        mlp = nn.Sequential(("0", nn.Linear(features, features / 2, device: ShapesOnly.Device)), ("1", nn.ReLU()),
            ("2", nn.Linear(features / 2, features, device: ShapesOnly.Device)));
        _scale = 1 / Math.Sqrt(features);
        RegisterComponents();
    }

    /// <summary>maps (N, D, t, h, w), templates (K', D) → what each template found in each clip, (N, K', D).</summary>
    public override Tensor forward(Tensor maps, Tensor templates)
    {
        using var scope = NewDisposeScope();
        Tensor x = norm_inputs.call(maps.flatten(2).transpose(1, 2));                    // (N, L, D)
        Tensor attention = Explain(x, templates) + 1e-8;                                 // (N, L, K')
        attention = attention / attention.sum(1, keepdim: true);
        Tensor found = attention.transpose(1, 2).matmul(project_v.call(x)) + templates;  // (N, K', D)
        return (mlp.call(norm_mlp.call(found)) + found).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// How much each template explains each position: (N, t, h, w, K'), summing to 1 over the templates.
    /// </summary>
    public Tensor ConceptMaps(Tensor maps, Tensor templates)
    {
        using var scope = NewDisposeScope();
        Tensor x = norm_inputs.call(maps.flatten(2).transpose(1, 2));
        return Explain(x, templates).view(maps.shape[0], maps.shape[2], maps.shape[3], maps.shape[4], -1)
            .MoveToOuterDisposeScope();
    }

    private Tensor Explain(Tensor x, Tensor templates)
    {
        Tensor q = project_q.call(norm_templates.call(templates)) * _scale;              // (K', D)
        return nn.functional.softmax(project_k.call(x).matmul(q.t()), -1);
    }
}

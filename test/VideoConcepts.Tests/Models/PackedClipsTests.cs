using TorchSharp;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Models;

/// <summary>Stills of which each distinct frame is computed once equal clips of one frame repeated.</summary>
public sealed class PackedClipsTests
{
    [Theory]
    [InlineData("r2plus1d-tiny", 11, false, false)]
    [InlineData("r2plus1d-tiny", 12, true, false)]
    [InlineData("r2plus1d-tiny", 11, false, true)]
    [InlineData("r2plus1d-tiny", 11, true, true)]
    [InlineData("r2plus1d-18", 17, false, false, Explicit = true)] // ten seconds
    public void Forward_OfStills_EqualsThatOfClipsThatRepeatThem(string net, int frames, bool recompute, bool part)
    {
        using var scope = NewDisposeScope();
        Tensor clips = ReferenceFill.Input("clips", 1, Math.Sqrt(3), [3, 3, frames, 16, 32], ScalarType.Float64);
        Tensor stills = ReferenceFill.Input("stills", 1, Math.Sqrt(3), [2, 3, 16, 32], ScalarType.Float64);
        Tensor whole = cat([clips, stills.unsqueeze(2).expand(-1, -1, frames, -1, -1)], 0);
        Dictionary<string, Tensor> packed = Pass(b => b.Forward(clips, stills)), all = Pass(b => b.call(whole));
        packed.Keys.ShouldBe(all.Keys);
        packed.Keys.Count(k => k.StartsWith("grad ", StringComparison.Ordinal)).ShouldBeGreaterThan(20);
        foreach ((string name, Tensor expected) in all)
        {
            double most = Math.Max(1, expected.abs().max().ToDouble());
            ((packed[name] - expected).abs().max().ToDouble() / most).ShouldBeLessThanOrEqualTo(1e-11, name);
        }

        Dictionary<string, Tensor> Pass(Func<Backbone, BackboneOutput> run)
        {
            Backbone backbone = Backbones.Create(net, Precision.ChannelsLast);
            Initialization.Fill(backbone, 3);
            backbone.to(float64);
            backbone.train();
            backbone.Recompute = recompute;
            backbone.ComputesStillsOnce(frames).ShouldBeTrue();
            BackboneOutput output;
            using (part ? new BatchNorm.SharedStatistics(sum => sum * 2, 2) : null) output = run(backbone);
            (output.Feat.square().sum() + (output.Maps.square().sum() * 0.1)).backward();
            var found = backbone.state_dict().Where(t => t.Key.Contains("running") || t.Key.Contains("tracked"))
                .ToDictionary(t => t.Key, t => t.Value.to(float64));
            foreach ((string name, var parameter) in backbone.named_parameters())
                if (parameter.grad is { } gradient) found["grad " + name] = gradient;
            (found["feat"], found["maps"]) = (output.Feat.detach(), output.Maps.detach());
            return found;
        }
    }

    [Theory]
    [InlineData("r2plus1d", "channels-last", 16, true)]
    [InlineData("r2plus1d", "channels-last", 10, false)] // too little to save
    [InlineData("r2plus1d", "full", 16, false)] // other sums in batch norm
    [InlineData("r2plus1d", "bfloat16", 16, false)]
    [InlineData("r3d-18", "channels-last", 16, false)] // whole convolutions over time and space
    public void ComputesStillsOnce_OfANetAndAPrecision(string net, string precision, int frames, bool expected)
    {
        using Backbone backbone = Backbones.Create(net, VideoConcepts.Training.PrecisionChoice.Parse(precision));
        backbone.ComputesStillsOnce(frames).ShouldBe(expected);
    }

    [Fact]
    public void Forward_OfAModelThatPacks_GivesEachViewItsPlace()
    {
        using var scope = NewDisposeScope();
        using var model = new ConceptModel(
            Backbones.Create("r2plus1d-tiny", Precision.ChannelsLast), new ConceptModelOptions(5));
        Initialization.Fill(model, 2);
        model.to(float64);
        Tensor views = ReferenceFill.Input("views", 1, 1, [3, 6, 3, 12, 16, 16], ScalarType.Float64);
        views.narrow(1, 2, 2).copy_(views.narrow(1, 2, 2).narrow(3, 0, 1));
        ConceptOutput output = model.call(views);
        Backbone again = Backbones.Create("r2plus1d-tiny", Precision.ChannelsLast);
        Initialization.Fill(again, 9);
        again.load_state_dict(model.backbone.state_dict());
        again.to(float64);
        BackboneOutput expected = again.call(views.flatten(0, 1));
        (output.Feat.flatten(0, 1) - expected.Feat).abs().max().ToDouble().ShouldBeLessThan(1e-11);
        (output.Maps.flatten(0, 1) - expected.Maps).abs().max().ToDouble().ShouldBeLessThan(1e-11);
    }

    [Fact]
    public void Forward_OfPackedClipsInALayoutThatDoesNotCountThem_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var norm = new BatchNorm(16);
        using var packed = new PackedClips(1, 12, 1, 3);
        Should.Throw<InvalidOperationException>(() => norm.call(randn([1, 16, packed.Pictures, 4, 4])));
    }
}

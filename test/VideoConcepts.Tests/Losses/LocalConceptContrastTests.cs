using TorchSharp;
using VideoConcepts.Losses;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Losses;

// B videos, S clips, K' concepts, D features.
public sealed class LocalConceptContrastTests
{
    [Theory]
    [InlineData(3, 2, 14, false)]
    [InlineData(3, 2, 14, true)]
    [InlineData(3, 3, 14, false)]
    [InlineData(2, 3, 14, true)]
    [InlineData(2, 2, 4, false)]
    [InlineData(2, 2, 4, true)]
    [InlineData(1, 2, 14, false)]
    [InlineData(1, 3, 4, true)]
    public void Loss_AnySize_FollowsTheSpecTermByTerm(int batch, int clips, int concepts, bool strict)
    {
        using var scope = NewDisposeScope();
        Tensor found = Found(batch, clips, concepts), scores = Scores(batch, clips, concepts);
        LocalConceptContrast.Loss(found, scores, strict).ToDouble()
            .ShouldBe(Naive(found, found, scores, strict).ToDouble(), 1e-10);
    }

    [Fact]
    public void Loss_OfWhatWasFound_HasTheGradientOfItsValueWithConstantKeys()
    {
        using var scope = NewDisposeScope();
        Tensor found = Found(2, 2, 4), scores = Scores(2, 2, 4);
        ((Func<Tensor, Tensor>)(x => LocalConceptContrast.Loss(x, scores)))
            .ShouldHaveGradientOf(found, x => Naive(x, found, scores, strict: false));
    }

    [Theory]
    [InlineData(14, false)]
    [InlineData(14, true)]
    [InlineData(4, false)]
    public void Parts_OfTwoProcessesThatExchangeWhatLeads_AddUpToTheWhole(int concepts, bool strict)
    {
        using var scope = NewDisposeScope();
        Tensor found = Found(4, 3, concepts),
            scores = Scores(4, 3, concepts),
            leads = LocalConceptContrast.Leading(scores, strict);
        Tensor Apart(Tensor x)
        {
            Tensor[] z = UnitVectors.Of(x).chunk(2), s = scores.chunk(2), l = leads.chunk(2);
            Tensor[] parts = [.. from a in (int[])[0, 1]
                                 from b in (int[])[0, 1]
                                 let picked = LocalConceptContrast.Pick(z[a], s[a])
                                 select LocalConceptContrast.Part(
                                     LocalConceptContrast.Spread(picked, s[a]),
                                     z[b].detach(), l[a], 4, sameVideos: a == b)];
            parts.Length.ShouldBe(4);
            return stack(parts).sum() / (LocalConceptContrast.Count(leads) + 1);
        }
        LocalConceptContrast.Pick(found, scores).shape[2].ShouldBe(Math.Min(10, concepts));
        Apart(found).ToDouble().ShouldBe(LocalConceptContrast.Loss(found, scores, strict).ToDouble(), 1e-12);
        Tensor Gradient(Func<Tensor, Tensor> loss)
        {
            Tensor x = found.detach().requires_grad_(true);
            loss(x).backward();
            return x.grad!;
        }
        (Gradient(Apart) - Gradient(x => LocalConceptContrast.Loss(x, scores, strict))).abs().max().ToDouble()
            .ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void Loss_OfScores_HasNoGradient()
    {
        using var scope = NewDisposeScope();
        LocalConceptContrast.Loss(Found(2, 2, 12), Scores(2, 2, 12).requires_grad_(true)).requires_grad.ShouldBeFalse();
    }

    [Fact]
    public void Loss_TiedScores_KeepsExactlyTenConcepts()
    {
        using var scope = NewDisposeScope();
        // Both clips found the same: every entry that counts costs 1e-5.
        Tensor found = Found(1, 1, 16).repeat(1, 2, 1, 1);
        LocalConceptContrast.Loss(found, zeros(1, 2, 16, ScalarType.Float64)).ToDouble()
            .ShouldBe(20 * 1e-5 / 21, 1e-12);
        LocalConceptContrast.Loss(found, zeros(1, 2, 16, ScalarType.Float64), strict: true).ToDouble().ShouldBe(0);
    }

    [Fact]
    public void Loss_VideosInAnotherOrder_IsTheSame()
    {
        using var scope = NewDisposeScope();
        Tensor order = tensor([2L, 0, 1]), found = Found(3, 2, 14), scores = Scores(3, 2, 14);
        LocalConceptContrast.Loss(found.index_select(0, order), scores.index_select(0, order)).ToDouble()
            .ShouldBe(LocalConceptContrast.Loss(found, scores).ToDouble(), 1e-10);
    }

    [Fact]
    public void Loss_SameClipTwiceInFloat32_IsFiniteWithItsGradient()
    {
        using var scope = NewDisposeScope();
        Tensor found = ones(2, 2, 4, 512, ScalarType.Float32).requires_grad_(true);
        Tensor loss = LocalConceptContrast.Loss(found, zeros(2, 2, 4));
        loss.backward();
        loss.isfinite().ToBoolean().ShouldBeTrue();
        found.grad!.isfinite().all().ToBoolean().ShouldBeTrue();
    }

    [Fact]
    public void Attention_OfMapsAndTemplates_HasTheGradientOfItsValue()
    {
        using var scope = NewDisposeScope();
        using var lit = new LocalConceptAttention(4);
        lit.to(ScalarType.Float64);
        ReferenceFill.Fill(lit, 1);
        Tensor maps = ReferenceFill.Input("maps", 1, 1, [2, 4, 1, 2, 2]),
            templates = ReferenceFill.Input("templates", 1, 1, [3, 4]);
        Tensor weights = ReferenceFill.Input("weights", 1, 1, [2, 3, 4]);
        ((Func<Tensor, Tensor>)(x => (lit.call(x, templates) * weights).sum())).ShouldHaveGradientOf(maps);
        ((Func<Tensor, Tensor>)(x => (lit.call(maps, x) * weights).sum())).ShouldHaveGradientOf(templates);
    }

    [Fact]
    public void ConceptMaps_OfMaps_SumToOneAtEveryPosition()
    {
        using var scope = NewDisposeScope();
        using var lit = new LocalConceptAttention(8);
        Tensor maps = lit.ConceptMaps(
            ReferenceFill.Input("maps", 1, 1, [2, 8, 2, 3, 4], ScalarType.Float32),
            ReferenceFill.Input("t", 1, 1, [5, 8], ScalarType.Float32));
        maps.shape.ShouldBe([2, 2, 3, 4, 5]);
        (maps.sum(-1) - 1).abs().max().ToDouble().ShouldBeLessThan(1e-5);
    }

    private static Tensor Found(long batch, long clips, long concepts) =>
        ReferenceFill.Input("found", 1, 1, [batch, clips, concepts, 6]);

    private static Tensor Scores(long batch, long clips, long concepts) =>
        ReferenceFill.Input("scores", 1, 1, [batch, clips, concepts]);

    private static Tensor Naive(Tensor found, Tensor keys, Tensor scores, bool strict)
    {
        Tensor z = UnitVectors.Of(found), key = UnitVectors.Of(keys), sum = zeros(1, ScalarType.Float64);
        (long batch, long clips, long concepts) = (z.shape[0], z.shape[1], z.shape[2]);
        int count = 0;
        for (long i = 0; i < clips; i++)
            for (long j = 0; j < clips; j++)
                for (long b = 0; b < batch; b++)
                    for (long c = 0; c < concepts; c++)
                    {
                        if (i == j || !Leads(scores[b, i], c, strict) || !Leads(scores[b, j], c, strict)) continue;
                        count++;
                        for (long p = 0; p < batch; p++)
                        {
                            Tensor distance = (2 - (2 * (z[b, i, c] * key[p, j, c]).sum()) + 1e-5).sqrt();
                            sum = sum + (p == b
                                ? distance.square()
                                : (1.4 - distance).clamp_min(0).square() / (batch - 1));
                        }
                    }
        return sum.sum() / (count + 1);
    }

    private static bool Leads(Tensor scores, long concept, bool strict)
    {
        double[] all = scores.contiguous().data<double>().ToArray();
        double tenth = all.OrderDescending().ElementAt(Math.Min(10, all.Length) - 1);
        return strict ? all[concept] > tenth : all[concept] >= tenth;
    }
}

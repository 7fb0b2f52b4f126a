using VideoConcepts.Models;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Vectors;

/// <summary>The state_dict is a contract: checkpoints are exchanged with the published program.</summary>
public sealed class StateDictVectorTests
{
    [Fact]
    public void ConceptModel_State_HasTheKeysAndShapesOfTheReference()
    {
        using ConceptModel model = ReferenceTrajectory.CreateModel(ReferenceVectors.Concepts);
        model.ShouldHaveStateOf(ReferenceVectors.Concepts.StateDictKeys);
    }
}

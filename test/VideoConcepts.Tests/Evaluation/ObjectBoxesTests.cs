using VideoConcepts.Augmentation;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Evaluation;

public sealed class ObjectBoxesTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("a,1,2,3,40,50\na,1,5,6,7,8\n", "no header")]
    [InlineData("path,image,x,y,width,height\na,1,2,3,40,50\n\na,1,5,6,7,8\n", "header and blank line")]
    [InlineData("h,w,y,x,frame,video,score\n50,40,3,2,1,a,0.5\n8,7,6,5,1,a,0.25\n", "by name, in another order")]
    [InlineData("Path, Image, Left, Top, Width, Height\r\n\"a/\", 1, 2, 3, 40, 50\r\n\"a\", 1, 5, 6, 7, 8\r\n",
        "quotes, spaces, CRLF")]
    public void Read_EverySpelling_GivesTheSameBoxes(string text, string _)
    {
        ObjectBoxes boxes = ObjectBoxes.Read(_work.Write("boxes.csv", text));
        boxes.Of(_work["a"], 0).ShouldBe([new CropBox(2, 3, 40, 50), new CropBox(5, 6, 7, 8)]);
        boxes.Of(_work["a"], 1).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("path,image,xmin,ymin,xmax,ymax\na,1,2,3,4,5\n",
        ":1: the columns are path,image,xmin,ymin,xmax,ymax, and none says the left edge; call that column x")]
    [InlineData("a,1,2,3,40,50\npath,image,x,y,width,height\n", ":2: not path,image,x,y,width,height")]
    [InlineData("a,0,2,3,40,50\n", ":1: not path")]
    [InlineData("a,1,2,3,-4,50\n", ":1: not path")]
    [InlineData("a,1,2,3,40\n", ":1: not path")]
    [InlineData("path,image,x,y,width,height\na,1,2,3,40,50,60\n", ":2: not path")]
    [InlineData("path,image,x,y,width,height\n", ": there is no box in it")]
    public void Read_WhatDoesNotFit_IsRefusedByLine(string text, string said)
    {
        string file = _work.Write("boxes.csv", text);
        string message = Should.Throw<BadInputException>(() => ObjectBoxes.Read(file)).Message;
        message.ShouldStartWith(file + said);
        message.ShouldNotContain("\n");
    }
}

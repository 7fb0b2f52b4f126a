using Microsoft.AspNetCore.Http.Metadata;

namespace VideoConcepts.Explorer;

/// <summary>Largest body of a request, in bytes.</summary>
internal sealed class RequestSize(long most) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => most;
}

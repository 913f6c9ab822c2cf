using System.Text;
using System.Xml;

namespace LakeAspire.Catalog.Signing;

/// <summary>The keys in the body of S3's DeleteObjects, read as a server reads them: in UTF-8, and a key is all the text within its element, however it is cut.</summary>
internal static class DeletedKeys
{
    static readonly string[] Known = ["Delete", "Delete/Quiet", "Delete/Object", "Delete/Object/Key"];

    /// <summary>Reads a body.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">400: it is malformed; 403: it asks for more than to delete objects by key, such as one of their versions.</exception>
    public static List<string> Read(string body)
    {
        try
        {
            using var xml = XmlReader.Create(new StringReader(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 4 << 20 });
            return Read(xml);
        }
        catch (XmlException exception)
        {
            throw CatalogErrors.BadRequest($"body is not well-formed XML, at line {exception.LineNumber}");
        }
    }

    static List<string> Read(XmlReader xml)
    {
        var (keys, key, path) = (new List<string>(), new StringBuilder(), new Stack<string>());
        while (xml.Read())
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.XmlDeclaration when xml.GetAttribute("encoding") is { } encoding && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase):
                    throw CatalogErrors.Forbidden($"A body in the encoding '{Naming.NamespaceName.Shown(encoding)}' is not signed: write UTF-8.");
                case XmlNodeType.Element:
                    path.Push(xml.LocalName);
                    if (!Known.Contains(string.Join('/', path.Reverse()), StringComparer.Ordinal))
                    {
                        throw CatalogErrors.Forbidden($"A deletion with '{Naming.NamespaceName.Shown(xml.LocalName)}' is not signed.");
                    }

                    if (xml.IsEmptyElement)
                    {
                        End();
                    }

                    break;
                case XmlNodeType.EndElement:
                    End();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace when path.TryPeek(out var within) && within == "Key":
                    key.Append(xml.Value);
                    break;
            }
        }

        return keys;

        void End()
        {
            if (path.Pop() == "Key")
            {
                keys.Add(key.ToString());
                key.Clear();
            }
        }
    }
}

using LakeAspire.Testing;
using Lakehouse.Compression;

namespace Lakehouse.Formats.Tests.Compression;

public sealed class ZstandardTests
{
    /// <summary>Frames that the reference implementation packed, at several levels: the numbers say how many items the text has.</summary>
    public static TheoryData<int, string> Frames => new()
    {
        { 3, "KLUv/SQa0QAAMCBsYWtlIDAgMSBsYWtlIDEgNCBsYWtlIDIfZpQm" },
        { 40, "KLUv/WSmACUFAPLKFxGwFTQHEMGStIiICEkCYcYsAtcDAsBgoq1kV8mp06ekpWe3EUdlZs0OrfiCNrvCTHJPZeFdkYNuRucQwS/U1l5zEz3scqOOksk4sB9tE7pOJuozsRDvHTJ5OCAADA4BJiCAk0kHQw996KENPfShh6ZDG5JH85BJJjPJRCZZG3qQTGaiMklCiKA8SrAzccw6LBMeYxCDDDJIB+lBxvAYHBASrihINA==" },
        { 700, "KLUv/WTyHtUzAArNmBURsBU0BxDBkrSIiBCRXeCUQARXAVQBUgHX6dJjYXfOK4tVjzqYfAe3Erqem4p8DnVLYs5Ziu64PVTcR+x276Iw0/Y8dKlkbrZQ51jkQGffBG0Pr4mY7Bmiu3WOcNniGDoM73ts69X11FTWM+t2an61dOyYdyh9W2wUXlsnEj2TXUbMhwuDjs8OFPmks212Scn00CN2Jcy8twh7HHeQ9gu6bc4VEtOhniDvczOEloNHyCGkvqtbqFxzOuwJpft1BuISIkJ8CHFft7jCFE/vTYpl5CAe7vqVtrCLU+WpXqkpS/AQOtjcR26hLomJ89DddsYt7NE7VJjPtqGrZDJ7Oldkni1Bx/BAER/ZRnRZJ+FjcWnylrHj6jBTH2tjXVPT1TN2eZMWi0N4qPUj2siuiGn4BN2zKbJ0DrMDS76hza4wU+9hb9xsF7qDcxCJL9RGXnOT0BO8MqWW6hFyCH5hW+m6TsRn5FLMW3rE4YAAMDgE12bTdJ5F7pzNg5YZHkcchuybaKv1WjjV4pnuvNmx5aujU4eyPrK2py5eTY895N1pbrFQeGw9kOibbJOI6+EkQc9nV0TmnUXMjksOMvSFbRHmujcF+xx3o53TLcE5ljhEqC+Q23NXEJoOPkFukJpXl1A55iEw7Lu03fWaON3IM8W9m9fl4rhwuPism91lFNMjjxHv12ml5bDDeLDKV9WtrpKpgs9Ct+bm5FKhjiUOxfmIbru9KG6afah3DzPJFho6LjmQ2XdnG5Hrs2mCnod3IqYtQ3RsPYzwq8U2XfOmjj1f3U7NWso6njr06uPYNu8iTbR4Fl5aJy0kO444cPhJ0PbZJSLTnUfM7iVThpbtOMxBet/sFnHX7RR0z5wbEvNQS5DHc4cQ+kJwW66lplB9rtzAGcKWS0e4HoIQvxvZprjuputzcS/Mi+V63B2O4rORbeJlATZdW0wifLZeIZqTLRJxPDxI0Bdn2yJXdKbNnii5D82wJcIc9w7BfiFuu70C3TTnCRL3UDOQy3NHEDqECX7LttR11enKc7wXNi8tdz0mHm7kM4rtu+50PId7zLt8xxQHG/kmbnW9Lk0V9sx7ZVZ1qaPkUMFvoY3mrsmJQj1LXOLM6RZqj+MOxH73tglzbdNDz3TM5p1lRI7PDhP0dbgdcZVsmuip9S6ctVimY96hYx+vtqcusqZZD6fuV5Njy7yDdKDFt3AT60WTkD1HXBnOgxY5OxY5SOcLs+2SK4am7TnMjd6cXSLuuD0E3TdnCxLXoaZAPs/dIDQPLkGOIHUIrX5XtuN1YdOl56534ryRZYrj7nD9LDYLl8VkfeyuUcxHFiMeXw9W+g7bildVpqtPSd1lHlxK6HjuUOR3qI0krjkT0T23l+Lm7EK94zAHsu+hbUoCdxLboa4jp+eeE7oH58lyUsfVw1U+42Zh16XJrs/EayNzisXusB4svsN2XHf6nilujcyJS12PS4cK++Z25aLqVA/JpeBcaKG5Y/JAob6R2OZcQzfdPhN3Z+f0lsMcY4cZ+i7ZanbdmSryfHYbNB8ujTjsUKKP1m3hRYtpeuZdjs2vFk4ddSDrk6ntq0vGpnmP0BWLuXAR60EHIfuO2GJ4HTTF2bPIjc7cbImS46FD2BfCbPeuwE7HPaG9083AWZY4QqhDIPJ7bjuh6+B08pzUvTqvsszjsMOVPrtuEy8bmaZ47K51WiwWDouD9fu2Ka4amSY+db2XZoUt87hyqOpHUttyHZxI6HnuEjkPtZDEMedAdN+023HXsNO9Z8LcbT60TMmx2WE63yJbz66Dpg6fI27J5kRLrcfCQy0+0kbe9djEq+epS9actXDq+OrAsU94B4K7qBJIUGgiPwdi3qHQGBKwwI8NOLUJQkqxlzR153IAA3GsJEm69Klk1rcOpJqoYTFQdtZKCRCmA2CHyzOtJFBbSkNpIPdg0NC9AiSrTqDcId5LAQKVJwAcXBZ5yZYYCKQdDNprCwvnudJ9TjFxsCrVKk4RDSMJhIwZhKlqsRa79A4WtRqBPHsSOOrh1nEK0MbOThZgIS+yK8oo+EzVJKhNaLOd6cqS20uxLgsc964EAJShJVCYwTkqp6fqUCgoRKSGD+OLvBK8ANsBJZl2QRBwOPOclmC1Kydk85yT08S2UJQ05mo2WIeFPex/myWvajnGcGq2bl7qzqrQopXZmCbsCgAIAKAHLPAAm4ApAbRWGszKBg==" },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void Frames_of_the_reference_implementation_unpack(int items, string frame)
    {
        var packed = Convert.FromBase64String(frame);
        var expected = Text(items);
        Assert.Equal(expected, ZstandardDecoder.Decode(packed, expected.Length));
        Assert.Throws<InvalidDataException>(() => ZstandardDecoder.Decode(packed, expected.Length - 1));

        // Frames follow each other, with others between that are skipped.
        byte[] several = [.. packed, 0x51, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3, .. packed];
        Assert.Equal([.. expected, .. expected], ZstandardDecoder.Decode(several, 2 * expected.Length));
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void Every_truncation_is_noticed(int items, string frame)
    {
        var packed = Convert.FromBase64String(frame);
        for (var length = 0; length < packed.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ZstandardDecoder.Decode(packed.AsSpan(0, length), Text(items).Length));
        }
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void Damaged_frames_end_in_data_or_an_error(int items, string frame)
    {
        var whole = Convert.FromBase64String(frame);
        var random = new Random(Soak.Seed);
        for (var i = 0; i < Soak.Scale(4_000); i++)
        {
            var packed = whole.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                packed[random.Next(packed.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.InRange(ZstandardDecoder.Decode(packed, 1 << 20).Length, 0, 1 << 20);
            }
            catch (InvalidDataException)
            {
                // Noticed.
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {Soak.Seed}, {items}, round {i}: {error}");
            }
        }
    }

    [Fact]
    public void Raw_and_repeated_blocks_unpack()
    {
        // One segment of 5 bytes: a raw block of 2, then a last block that repeats one byte 3 times.
        byte[] packed = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 5, 0x10, 0, 0, 7, 8, 0x1B, 0, 0, 9];
        Assert.Equal([7, 8, 9, 9, 9], ZstandardDecoder.Decode(packed, 5));
    }

    private static byte[] Text(int items) => System.Text.Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, items).Select(i => $"{i * i % 97} lake {i}")));
}
